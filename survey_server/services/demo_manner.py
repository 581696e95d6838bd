"""How simulated respondents answer: usual amounts and sentences, so that the demo reads like a real round."""

from __future__ import annotations

from collections.abc import Mapping

from survey_server.questionnaire.simulate import Manner

TEXTS = {
    "": ("Theo thực tế của địa phương.", "Đã thực hiện theo kế hoạch.", "Có báo cáo riêng kèm theo."),
    "reason": ("Chưa có hướng dẫn cụ thể của cấp trên.", "Cán bộ mới thay đổi, chưa kịp triển khai."),
    "why": (
        "Cấp ủy bận nhiều việc, chưa họp chuyên đề về công tác Mặt trận.",
        "Kinh phí hoạt động ở khu dân cư còn hạn hẹp.",
        "Cán bộ kiêm nhiệm nhiều việc nên chưa dành đủ thời gian.",
    ),
    "number": ("12-KH/MT", "05/CTr-MTTQ", "31-HD/ĐU", "18/KH-UBND", "07-TT/MT"),
    "subject": (
        "Kế hoạch triển khai thực hiện Kết luận 62-KL/TW",
        "Chương trình phối hợp và thống nhất hành động năm 2012",
        "Hướng dẫn tổ chức Ngày hội Đại đoàn kết toàn dân tộc",
    ),
    "results": (
        "Phong trào được các hộ dân hưởng ứng, số khu dân cư tiên tiến tăng so với năm trước.",
        "Cấp ủy, chính quyền tạo điều kiện thuận lợi, công tác phối hợp có nền nếp.",
    ),
    "limits": (
        "Việc nắm tình hình nhân dân ở một số khu dân cư chưa kịp thời.",
        "Nội dung sinh hoạt còn chậm đổi mới, chưa thu hút được thanh niên.",
    ),
    "causes": (
        "Địa bàn rộng, đi lại khó khăn, kinh phí còn hạn chế.",
        "Một bộ phận cán bộ chưa chủ động tham mưu cho cấp ủy.",
    ),
    "lessons": ("Phải bám sát cơ sở, phát huy vai trò người tiêu biểu, có uy tín trong cộng đồng.",),
    "directions": ("Tiếp tục hướng mạnh các hoạt động về khu dân cư, nâng cao chất lượng giám sát.",),
    "recommendation": (
        "Đề nghị có quy định thống nhất về kinh phí hoạt động của Ban Công tác Mặt trận.",
        "Đề nghị tăng cường tập huấn nghiệp vụ cho cán bộ Mặt trận cơ sở.",
        "Đề nghị cấp ủy định kỳ làm việc với Mặt trận mỗi quý một lần.",
    ),
    "remarks": ("Buổi làm việc cởi mở, số liệu cung cấp đầy đủ.",),
}
AMOUNTS = {
    "areas_total": (4.0, 14.0),
    "households": (900.0, 4200.0),
    "people_briefed": (30.0, 320.0),
    "petitions_received": (3.0, 60.0),
    "petitions_settled": (1.0, 30.0),
    "unity_days": (2.0, 12.0),
}


def manner_of(questionnaire: str, leanings: Mapping[str, float]) -> Manner:
    people = questionnaire in ("resident_opinion", "cadre_interview")
    return Manner(
        leanings=leanings,
        unknown=0.09 if questionnaire == "resident_opinion" else 0.04,
        silence=0.3 if people else 0.12,
        amounts=AMOUNTS,
        texts=TEXTS,
    )
