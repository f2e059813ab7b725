"""The file of entries that somebody brings."""

from django import forms


class EntryFileForm(forms.Form):
    """A text or Excel file; what is in it is a worker's matter."""

    file = forms.FileField(
        label="文件（.txt、.csv、.xlsx）",
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,.tsv,.xlsx"}),
        help_text="文本最多 1,000,000 行，Excel 最多 200,000 行；读取后先预览，确认才入账",
        error_messages={"required": "请选择文件", "empty": "文件是空的"},
    )
