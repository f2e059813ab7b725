import pytest


def test_it_refuses_a_second_action_of_that_name(declare):
    declare("test.a.done", "做了")
    with pytest.raises(ValueError, match="twice"):
        declare("test.a.done", "做了")


@pytest.mark.parametrize("template", ["", "  ", "{a.b}", "{a[0]}", "{0}", "{}", "{by}", "{a!r}", "{a:>5}"])
def test_it_refuses_a_malformed_sentence(declare, template):
    with pytest.raises(ValueError, match=r"test\.b\.done"):
        declare("test.b.done", template)


@pytest.mark.parametrize("name", ["done", "Test.done", "test.", "test done.x", ""])
def test_it_refuses_a_malformed_name(declare, name):
    with pytest.raises(ValueError):
        declare(name, "做了")


@pytest.mark.parametrize(
    ("template", "label"),
    [
        ("{username} 登录失败：{reason}", "登录失败"),
        ("申请生成 {year} 年清算数据", "申请生成…年清算数据"),
        ("没有权限“{permission}”，访问 {path} 被拒绝", "没有权限"),
        ("导出 {title}（{format}）共 {count} 条", "导出…共…条"),
        ("{object}", "test.c.done"),
    ],
)
def test_it_names_the_kind_of_action(declare, template, label):
    assert declare("test.c.done", template).label == label


def test_it_goes_by_its_short_name_in_lists(declare):
    assert declare("test.e.done", "由 {before} 改为 {after}", "修改").label == "修改"
