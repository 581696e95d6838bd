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
# # 03 · Các địa bàn · Localities
#
# Điểm theo tỉnh, thành phố được khảo sát. Các tỉnh được chọn có chủ đích: kết quả nói về *các địa bàn khảo sát*,
# không phải cả nước. The provinces were chosen on purpose: results are about the surveyed localities.

# %% tags=["parameters"]
import os

DATASET = os.environ.get("SURVEY_DATASET", "exports/demo.zip")

# %%
from analysis import find_dataset, load_dataset, summarise

dataset = load_dataset(find_dataset(DATASET))
provinces = summarise(dataset, by=["province", "task"])
provinces[provinces["questionnaire"] == "commune_visit"].pivot_table(
    index="province", columns="task", values="estimate", sort=False
).round(0)

# %% [markdown]
# Ý kiến người dân: có khoảng tin cậy; dưới 10 người thì không nêu con số (`suppressed`).
# Residents: with intervals; no number stands for fewer than ten people (`suppressed`).

# %%
districts = summarise(dataset, by=["district", "task"])
residents = districts[districts["questionnaire"] == "resident_opinion"]
residents[residents["task"] == "task1"][["district", "estimate", "low", "high", "n", "suppressed"]].round(1).head(12)

# %% [markdown]
# Trung vị điểm nhiệm vụ 1 của người dân theo tỉnh, và chênh lệch của từng tỉnh so với toàn bộ địa bàn khảo sát (có tính
# hiệp phương sai). Medians of the residents' scores of task 1 by province, and how each province differs from all
# surveyed localities (with the covariance of the two).

# %%
from analysis import Design, estimate_difference, estimate_median, score_tasks

answered = score_tasks(dataset).join(dataset.responses.set_index("id"))
answered = answered[answered["questionnaire"] == "resident_opinion"]
answered["province"] = answered["locality"].str.split("/").str[1]
design = Design(weight="weight", psu="locality")
medians = estimate_median(answered, "task1", design, by="province")
medians.round(1)

# %%
differences = estimate_difference(answered, "task1", design, between="province", from_whole=True)
differences[["first", "estimate", "low", "high", "n"]].round(1)

# %% [markdown]
# Sơ đồ nhiệt địa bàn × nhiệm vụ và tỷ lệ nộp phiếu, như trên trang biểu đồ.
# The heat map and the completeness, as on the charts page.

# %%
from analysis.dataset import tally_dataset
from analysis.report import charts_of

charts = {chart.id: chart for chart in charts_of(tally_dataset(dataset), "VN", "vi")}
charts["heat_map-commune_visit"].figure()

# %%
charts["completeness"].figure()
