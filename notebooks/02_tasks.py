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
# # 02 · Sáu nhiệm vụ · The six tasks
#
# Điểm 0–100 của từng phiếu và điểm trung bình chung, tính bằng đúng các hàm mà trang biểu đồ dùng.
# Scores of each response and their means, by the very functions behind the charts page.

# %% tags=["parameters"]
import os

DATASET = os.environ.get("SURVEY_DATASET", "exports/demo.zip")

# %%
from analysis import find_dataset, load_dataset, score_tasks, summarise

dataset = load_dataset(find_dataset(DATASET))
scores = score_tasks(dataset)
scores.head(10).round(1)

# %% [markdown]
# Tổ chức, cán bộ và người dân đứng cạnh nhau, không bao giờ tính trung bình chung: mỗi mẫu phiếu một dòng.
# Organisations, officials and residents stand side by side and are never averaged together: a row a questionnaire.

# %%
kinds = dataset.responses.set_index("id")[["questionnaire", "evidence"]]
described = scores.join(kinds).groupby(["questionnaire", "evidence"]).agg(["count", "mean", "std"])
described.round(1)

# %% [markdown]
# Điểm trung bình như trên trang biểu đồ. The means as on the charts page.

# %%
country = summarise(dataset, by=["country", "task"])
country.pivot_table(index=["questionnaire", "evidence"], columns="task", values="estimate").round(0)

# %% [markdown]
# Biểu đồ mức đánh giá theo nhiệm vụ của một mẫu phiếu.
# The ratings by task of one questionnaire.

# %%
from analysis.dataset import tally_dataset
from analysis.report import charts_of

charts = {chart.id: chart for chart in charts_of(tally_dataset(dataset), "VN", "vi")}
first = next(chart for chart in charts.values() if chart.kind == "ratings_by_task")
first.figure()
