"""What has to be there before each POST of the API, business by business."""

from collections import defaultdict

from tests.api.posts import books, clearing, desks, injury, portal, records, stays, visits
from tests.api.retrying import POSTS

__all__ = ["BUSINESSES", "books", "clearing", "desks", "injury", "portal", "records", "stays", "visits"]

#: Addresses by the module that declares them.
BUSINESSES: dict[str, list[str]] = defaultdict(list)
for _path, _post in POSTS.items():
    BUSINESSES[_post.ready.__module__.rpartition(".")[2]].append(_path)
