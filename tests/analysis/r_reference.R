# Makes r_reference.json: what R's survey package (4.5) gives for its own samples of Californian schools, and for the
# made-up round of round.csv (written by `python -m tests.analysis.write_round`).
# Rscript tests/analysis/r_reference.R tests/analysis
suppressPackageStartupMessages(library(survey))
options(digits = 17, survey.lonely.psu = "fail", warn = -1)
stopifnot(packageVersion("survey") >= "4.5")
data(api)
folder <- commandArgs(trailingOnly = TRUE)[1]
keep <- c("cds", "stype", "api00", "api99", "enroll", "awards", "dnum", "snum", "pw", "fpc")
write.csv(apistrat[, keep], file.path(folder, "apistrat.csv"), row.names = FALSE)
write.csv(apiclus1[, keep], file.path(folder, "apiclus1.csv"), row.names = FALSE)
write.csv(apiclus2[, c("cds", "stype", "api00", "api99", "enroll", "awards", "dnum", "snum", "pw", "fpc1", "fpc2")],
          file.path(folder, "apiclus2.csv"), row.names = FALSE)

# The tests make the same columns: every seventh value of `gaps` and `answered` is missing, every ninth `some` weight is
# 0; the first row, or its cluster, is a stratum of its own.
with_columns <- function(frame) {
  at <- seq_len(nrow(frame))
  frame$gaps <- ifelse(at %% 7 == 0, NA, frame$api99)
  frame$awarded <- as.numeric(frame$awards == "Yes")
  frame$answered <- ifelse(at %% 7 == 0, NA, frame$awarded)
  frame$some <- ifelse(at %% 9 == 0, 0, frame$pw)
  frame$alone <- as.numeric(at == 1)
  frame$cluster_alone <- as.numeric(frame$dnum == frame$dnum[1])
  frame$larger <- if (is.null(frame$fpc2)) NA else frame$fpc2 + 1
  frame
}
strat <- with_columns(apistrat); clus1 <- with_columns(apiclus1); clus2 <- with_columns(apiclus2)
designs <- list(
  apistrat = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat, fpc = ~fpc),
  apistrat_fpc_only = svydesign(id = ~1, strata = ~stype, data = strat, fpc = ~fpc),
  apistrat_weights_only = svydesign(id = ~1, weights = ~pw, data = strat),
  apistrat_psu_in_strata = svydesign(id = ~dnum, strata = ~stype, weights = ~pw, data = strat, nest = TRUE),
  apistrat_zero_weights = svydesign(id = ~1, strata = ~stype, weights = ~some, data = strat),
  apiclus1 = svydesign(id = ~dnum, weights = ~pw, data = clus1, fpc = ~fpc),
  apiclus1_no_fpc = svydesign(id = ~dnum, weights = ~pw, data = clus1),
  apiclus1_unweighted = svydesign(id = ~dnum, weights = ~1, data = clus1),
  apiclus1_zero_weights = svydesign(id = ~dnum, weights = ~some, data = clus1),
  apiclus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = clus2),
  apiclus2_weights = svydesign(id = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2),
  apiclus2_no_fpc = svydesign(id = ~dnum + snum, weights = ~pw, data = clus2)
)
groupings <- list(whole = c(), stype = "stype", stype_awards = c("stype", "awards"))

number <- function(x) {
  x <- as.numeric(x)
  ifelse(is.finite(x), format(x, digits = 17, trim = TRUE), "null")
}
line <- function(label, estimate, se, ci, n, deff = NULL) {
  given <- if (is.null(deff)) "" else sprintf(', "deff": %s', number(deff))
  sprintf('{"group": "%s", "estimate": %s, "se": %s, "low": %s, "high": %s, "n": %d%s}',
          label, number(estimate), number(se), number(ci[1]), number(ci[2]), n, given)
}
# A group is the design's subset; its degrees of freedom are degf of the subset. svyby gives the same estimates and se.
estimates <- function(d, label) {
  df <- degf(d)
  count <- function(name) sum(!is.na(d$variables[[name]]))
  mean_of <- function(name) {
    m <- svymean(as.formula(paste0("~", name)), d, deff = TRUE, na.rm = TRUE)
    line(label, coef(m), SE(m), confint(m, df = df), count(name), deff(m))
  }
  share_of <- function(name, method) {
    given <- as.formula(paste0("~", name))
    m <- svymean(given, d, deff = TRUE, na.rm = TRUE)
    p <- svyciprop(given, d, method = method, na.rm = TRUE)
    line(label, coef(m), SE(m), attr(p, "ci"), count(name), deff(m))
  }
  quantile_of <- function(name, p, type, rule) {
    q <- svyquantile(as.formula(paste0("~", name)), d, p, interval.type = type, qrule = rule, na.rm = TRUE)[[1]]
    line(label, q[1], q[4], q[2:3], count(name))
  }
  t <- svytotal(~enroll, d, deff = TRUE, na.rm = TRUE)
  list(mean = mean_of("api00"), gaps = mean_of("gaps"),
       total = line(label, coef(t), SE(t), confint(t, df = df), count("enroll"), deff(t)),
       proportion = share_of("awarded", "logit"), beta = share_of("awarded", "beta"),
       wilson = share_of("awarded", "wilson"), gaps_beta = share_of("answered", "beta"),
       median = quantile_of("api00", 0.5, "mean", "math"), gaps_median = quantile_of("gaps", 0.5, "mean", "math"),
       median_beta = quantile_of("api00", 0.5, "beta", "math"),
       median_logit = quantile_of("api00", 0.5, "xlogit", "math"),
       quarter = quantile_of("enroll", 0.25, "mean", "math"), quarter_school = quantile_of("api00", 0.25, "mean", "school"))
}
# Two groups: svycontrast with the covariance. A group and the whole: the same of a ratio and a mean.
differences <- function(d, prefix) {
  stypes <- sort(unique(as.character(d$variables$stype)))
  found <- list(difference = c(), from_whole = c())
  for (pair in combn(stypes, 2, simplify = FALSE)) {
    both <- subset(d, stype %in% pair)
    each <- svyby(~api00, ~stype, both, svymean, covmat = TRUE)
    m <- svycontrast(each, setNames(c(1, -1), pair))
    found$difference <- c(found$difference, line(paste(c(prefix, pair), collapse = "/"), coef(m), SE(m),
                                                 confint(m, df = degf(both)), nrow(both)))
  }
  for (type in stypes) {
    d <- update(d, inside = as.numeric(stype == type), part = inside * api00)
    m <- svycontrast(svymean(~part + inside + api00, d), quote(part / inside - api00))
    found$from_whole <- c(found$from_whole, line(paste(c(prefix, type), collapse = "/"), coef(m), SE(m),
                                                 confint(m, df = degf(d)), nrow(d)))
  }
  found
}
# Groups of one PSU have no standard error here (R prints 0), and shares of 0 and 1 no interval: they are left out.
is_usable <- function(d) {
  inside <- weights(d, "sampling") != 0
  varies <- function(name) length(unique(na.omit(d$variables[[name]][inside]))) > 1
  degf(d) > 0 && varies("awarded") && varies("answered")
}
blocks <- c()
add_block <- function(name, rows) {
  blocks <<- c(blocks, sprintf('  "%s": [\n    %s\n  ]', name, paste(rows, collapse = ",\n    ")))
}
for (name in names(designs)) {
  for (by in names(groupings)) {
    d <- designs[[name]]
    keys <- groupings[[by]]
    label <- if (length(keys)) do.call(paste, c(d$variables[keys], sep = "/")) else rep("", nrow(d$variables))
    d <- update(d, label = label)
    found <- list()
    for (each in sort(unique(label))) {
      inside <- subset(d, label == each)
      if (length(keys) < 2) {
        if (is_usable(inside)) found[[each]] <- estimates(inside, each)
      } else if (degf(inside) > 0) {
        m <- svymean(~api00, inside, deff = TRUE)
        found[[each]] <- list(mean = line(each, coef(m), SE(m), confint(m, df = degf(inside)), nrow(inside), deff(m)))
      }
    }
    for (kind in unique(unlist(lapply(found, names)))) {
      # In small groups R's school rule depends on rounding errors, and on the second value below the first one's share.
      if (kind == "quarter_school" && by != "whole") next
      add_block(paste(name, by, kind, sep = "/"), sapply(found, function(each) each[[kind]]))
    }
  }
  found <- differences(designs[[name]], c())
  for (kind in names(found)) add_block(paste(name, "whole", kind, sep = "/"), found[[kind]])
}
found <- lapply(c("No", "Yes"), function(award) differences(subset(designs$apistrat, awards == award), award))
for (kind in c("difference", "from_whole")) {
  add_block(paste("apistrat/awards", kind, sep = "/"), unlist(lapply(found, function(each) each[[kind]])))
}

# Strata, and PSUs of the second stage, with a single unit, by R's rules.
lonely <- list(
  apistrat_lonely = svydesign(id = ~1, strata = ~alone, weights = ~pw, data = strat),
  apiclus1_lonely = svydesign(id = ~dnum, strata = ~cluster_alone, weights = ~pw, data = clus1),
  apiclus2_lonely = svydesign(id = ~dnum + snum, fpc = ~fpc1 + larger, weights = ~pw, data = clus2)
)
for (rule in c("remove", "certainty", "adjust", "average")) {
  options(survey.lonely.psu = rule)
  for (name in names(lonely)) for (by in c("whole", "stype")) {
    rows <- c(); totals <- c()
    for (each in if (by == "whole") "" else sort(unique(as.character(lonely[[name]]$variables$stype)))) {
      d <- if (by == "whole") lonely[[name]] else subset(lonely[[name]], stype == each)
      m <- svymean(~api00, d); t <- svytotal(~enroll, d, na.rm = TRUE)
      rows <- c(rows, line(each, coef(m), SE(m), confint(m, df = degf(d)), nrow(d)))
      totals <- c(totals, line(each, coef(t), SE(t), confint(t, df = degf(d)), sum(!is.na(d$variables$enroll))))
    }
    add_block(paste(paste(name, rule, sep = ":"), by, "mean", sep = "/"), rows)
    add_block(paste(paste(name, rule, sep = ":"), by, "total", sep = "/"), totals)
  }
}

# The round: a locality is a domain of its whole sample; those within a single cluster are left out.
options(survey.lonely.psu = "fail")
round <- svydesign(id = ~cluster, strata = ~stratum, weights = ~weight, nest = TRUE,
                   data = read.csv(file.path(folder, "round.csv")))
for (level in c("country", "province", "district")) for (task in c("task1", "task4")) {
  rows <- c(); apart <- c()
  for (path in sort(unique(round$variables[[level]]))) {
    d <- update(round, y = get(task), inside = as.numeric(get(level) == path & !is.na(get(task))))
    part <- subset(d, get(level) == path)
    known <- subset(part, !is.na(y))
    if (length(unique(paste(known$variables$stratum, known$variables$cluster))) < 2) next
    m <- svymean(~y, part, deff = TRUE, na.rm = TRUE)
    rows <- c(rows, line(path, coef(m), SE(m), confint(m, df = degf(part)), nrow(known), deff(m)))
    if (level == "country") next
    d <- update(d, all = as.numeric(!is.na(y)), y = ifelse(is.na(y), 0, y))
    d <- update(d, own = y * inside)
    m <- svycontrast(svymean(~own + inside + y + all, d), quote(own / inside - y / all))
    apart <- c(apart, line(path, coef(m), SE(m), confint(m, df = degf(round)), sum(d$variables$all)))
  }
  add_block(paste("round", level, task, sep = "/"), rows)
  if (length(apart)) add_block(paste("round", level, paste0(task, "_from_whole"), sep = "/"), apart)
}
writeLines(c("{", paste(blocks, collapse = ",\n"), "}"), file.path(folder, "r_reference.json"))
