# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 · Đọc số liệu của một đợt · Read the data of a round
#
# Số liệu lấy từ lệnh `survey-server export --round demo --format zip --out exports`.
# The data come from that command; the file holds everything that the charts page is made from.

# %% tags=["parameters"]
import os

DATASET = os.environ.get("SURVEY_DATASET", "exports/demo.zip")

# %%
from analysis import find_dataset, load_dataset

dataset = load_dataset(find_dataset(DATASET))
dataset.round["name"]

# %% [markdown]
# Mỗi dòng của `responses` là một phiếu: mẫu phiếu nào, của địa bàn nào, trạng thái, nộp muộn hay không.
# A row is a response: which questionnaire, about which locality, in which state, late or not.

# %%
dataset.responses.groupby(["questionnaire", "evidence", "state"]).size().rename("n").to_frame()

# %% [markdown]
# Mỗi dòng của `answers` là một câu trả lời. `flag` phân biệt số ước (`estimated`) và câu không phải hỏi (`not_asked`).
# Số nằm ở cột `number`, lý do không trả lời ở cột `missing`: 98 là số, `98` là mã, không lẫn nhau.
# A row is an answer; `flag` tells an estimated figure and a question that was not asked. Numbers are in `number`, the
# reasons for no answer in `missing`: 98 the number and `98` the code are apart.
#
# Đợt lớn (từ 100.000 phiếu): xuất với `--format parquet`, và `DATASET` là thư mục. Cùng những con số, nhanh hơn nhiều.
# A large round (100,000 responses and more): export with `--format parquet`, and `DATASET` is the folder. The numbers are
# the same, much sooner.

# %%
dataset.answers.head(10)

# %%
dataset.answers["flag"].cat.rename_categories({"": "answered"}).value_counts().to_frame()

# %% [markdown]
# Sổ mã cho biết từng câu hỏi thuộc nhiệm vụ và chỉ tiêu nào.
# The codebook says to which task and indicator a question belongs.

# %%
import pandas as pd

pd.DataFrame(
    [
        {"questionnaire": book.id, "question": q.name, "type": q.type, "task": q.task, "indicator": q.indicator}
        for book in dataset.codebook.questionnaires.values()
        for q in book.questions.values()
    ]
).head(15)
