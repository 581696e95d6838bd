"""Invented sentences for simulated answers, by the end of a question's name; none is about a real locality."""

from __future__ import annotations

_LIMITS = (
    "Một số nơi triển khai còn chậm, chưa đồng đều giữa các khu dân cư.",
    "Nội dung hoạt động có lúc còn dàn trải, chưa sát với nhu cầu của từng đối tượng.",
    "Công tác kiểm tra, đôn đốc sau khi ban hành kế hoạch chưa thường xuyên.",
    "Việc tập hợp thanh niên và người lao động đi làm ăn xa còn khó khăn.",
    "Chất lượng thông tin, báo cáo từ cơ sở còn hạn chế, số liệu chưa thống nhất.",
)
_RESULTS = (
    "Đã quán triệt đến cán bộ chủ chốt và Ban Công tác Mặt trận ở các khu dân cư; nhận thức có chuyển biến.",
    "Các nội dung được cụ thể hóa thành chương trình phối hợp và thống nhất hành động hằng năm.",
    "Phong trào được đông đảo nhân dân hưởng ứng, gắn với nhiệm vụ phát triển kinh tế - xã hội của địa phương.",
    "Duy trì nền nếp giao ban, nắm tình hình nhân dân và kịp thời phản ánh với cấp ủy, chính quyền.",
    "Một số mô hình ở khu dân cư phát huy tác dụng và đang được nhân rộng.",
)
_OBJECTIVE = (
    "Địa bàn rộng, dân cư phân tán, đời sống một bộ phận nhân dân còn khó khăn.",
    "Kinh phí hoạt động còn hạn hẹp; mức hỗ trợ cho khu dân cư chưa đáp ứng yêu cầu.",
    "Nhiều lao động đi làm ăn xa nên khó duy trì sinh hoạt thường xuyên.",
)
_SUBJECTIVE = (
    "Một số cán bộ Mặt trận ở cơ sở còn kiêm nhiệm nhiều việc, chưa được bồi dưỡng thường xuyên.",
    "Việc phối hợp giữa các tổ chức thành viên có lúc chưa chặt chẽ.",
    "Công tác tham mưu với cấp ủy chưa kịp thời ở một số nội dung.",
)
_RECOMMENDATIONS = (
    "Sớm hướng dẫn cụ thể cơ chế Mặt trận tham gia giám sát ở cơ sở.",
    "Bố trí kinh phí hoạt động ổn định cho Ban Công tác Mặt trận ở khu dân cư.",
    "Mở thêm lớp bồi dưỡng nghiệp vụ cho cán bộ Mặt trận cấp xã và trưởng ban công tác Mặt trận.",
    "Xem xét nâng mức phụ cấp đối với cán bộ không chuyên trách làm công tác Mặt trận.",
    "Duy trì nền nếp cấp ủy, chính quyền làm việc định kỳ với Mặt trận và các đoàn thể.",
)

TEXTS = {
    "": (*_RESULTS, *_LIMITS),
    "number": ("15-KH/MT", "07-HD/MT", "112-KH/UBND", "34-CTr/ĐU", "21-NQ/ĐU", "09-CV/MT", "46-QĐ/UBND"),
    "conference_subject": (
        "Hội nghị quán triệt Kết luận 62-KL/TW",
        "Hội nghị triển khai chương trình phối hợp và thống nhất hành động năm 2012",
        "Hội nghị sơ kết cuộc vận động “Toàn dân đoàn kết xây dựng đời sống văn hóa ở khu dân cư”",
        "Lớp tập huấn nghiệp vụ cho cán bộ Mặt trận cơ sở",
    ),
    "subject": (
        "Kế hoạch thực hiện Kết luận 62-KL/TW của Bộ Chính trị",
        "Chương trình phối hợp và thống nhất hành động năm 2012",
        "Hướng dẫn tổ chức Ngày hội Đại đoàn kết toàn dân tộc ở khu dân cư",
        "Quy chế phối hợp công tác giữa Ủy ban nhân dân và Ủy ban Mặt trận",
        "Kế hoạch giám sát đầu tư của cộng đồng",
    ),
    "reason": ("Đang chờ hướng dẫn cụ thể của cấp trên.", "Đã lồng ghép trong chương trình công tác năm."),
    "why": (*_OBJECTIVE, *_SUBJECTIVE),
    "limits": _LIMITS,
    "results": _RESULTS,
    "objective_causes": _OBJECTIVE,
    "subjective_causes": _SUBJECTIVE,
    "lessons": (
        "Bám sát sự lãnh đạo của cấp ủy, phối hợp chặt chẽ với chính quyền và các tổ chức thành viên.",
        "Chọn việc thiết thực, làm có trọng tâm, lấy khu dân cư làm địa bàn chính.",
        "Coi trọng việc lắng nghe và phản ánh kịp thời ý kiến, kiến nghị của nhân dân.",
    ),
    "directions": (
        "Tiếp tục quán triệt Kết luận 62-KL/TW gắn với chương trình phối hợp và thống nhất hành động năm 2012.",
        "Nâng cao chất lượng hoạt động của Ban Công tác Mặt trận; nhân rộng các mô hình có hiệu quả ở khu dân cư.",
        "Tổ chức tốt Ngày hội Đại đoàn kết toàn dân tộc; đẩy mạnh hoạt động giám sát.",
    ),
    "recommendation": _RECOMMENDATIONS,
    "opinion": (
        "Cán bộ cần xuống khu dân cư nhiều hơn để nghe dân nói.",
        "Các cuộc vận động thiết thực, nên công khai kết quả quỹ để bà con biết.",
        "Kiến nghị đã gửi cần được trả lời sớm hơn.",
        "Ngày hội ở khu dân cư vui, bà con đoàn kết hơn.",
    ),
    "suggestion": _RECOMMENDATIONS,
    "campaigns_other": ("Phong trào hiến đất làm đường giao thông nông thôn",),
    "gathering_other": ("Hội đồng hương, ban liên lạc dòng họ",),
    "remarks": (
        "Hồ sơ, sổ sách đầy đủ; số liệu có đối chiếu với bộ phận thống kê.",
        "Cần đối chiếu lại số liệu năm 2010 với báo cáo đã gửi.",
        "Buổi làm việc cởi mở; nội dung báo cáo chuẩn bị kỹ.",
    ),
}
