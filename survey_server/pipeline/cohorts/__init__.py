"""Publishing what people answered in cohorts. docs/analysis.md gives the rules and the reason for each.

`forming` and `grouping` decide, without a database, which responses form a cohort and which cohorts a question group;
`parts` computes what is published of them; `publishing` is the publisher's step that stores it; `journal_check`
compares the database with the journal of cohorts, which survives the restore of an older backup.
"""
