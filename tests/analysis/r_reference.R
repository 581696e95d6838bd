# Makes r_reference.json: what R's survey package gives for its own samples of Californian schools.
# Rscript tests/analysis/r_reference.R tests/analysis
suppressPackageStartupMessages(library(survey))
options(digits = 17, survey.lonely.psu = "fail", warn = -1)
data(api)
folder <- commandArgs(trailingOnly = TRUE)[1]
keep <- c("cds", "stype", "api00", "api99", "enroll", "awards", "dnum", "snum", "pw", "fpc")
write.csv(apistrat[, keep], file.path(folder, "apistrat.csv"), row.names = FALSE)
write.csv(apiclus1[, keep], file.path(folder, "apiclus1.csv"), row.names = FALSE)
write.csv(apiclus2[, c("cds", "stype", "api00", "api99", "enroll", "awards", "dnum", "snum", "pw", "fpc1", "fpc2")],
          file.path(folder, "apiclus2.csv"), row.names = FALSE)

# Every seventh value of `gaps` is missing; the tests make the same column.
with_gaps <- function(frame) {
  frame$gaps <- ifelse(seq_len(nrow(frame)) %% 7 == 0, NA, frame$api99)
  frame$awarded <- as.numeric(frame$awards == "Yes")
  frame
}
strat <- with_gaps(apistrat); clus1 <- with_gaps(apiclus1); clus2 <- with_gaps(apiclus2)
designs <- list(
  apistrat = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat, fpc = ~fpc),
  apistrat_fpc_only = svydesign(id = ~1, strata = ~stype, data = strat, fpc = ~fpc),
  apistrat_weights_only = svydesign(id = ~1, weights = ~pw, data = strat),
  apistrat_psu_in_strata = svydesign(id = ~dnum, strata = ~stype, weights = ~pw, data = strat, nest = TRUE),
  apiclus1 = svydesign(id = ~dnum, weights = ~pw, data = clus1, fpc = ~fpc),
  apiclus1_no_fpc = svydesign(id = ~dnum, weights = ~pw, data = clus1),
  apiclus1_unweighted = svydesign(id = ~dnum, weights = ~1, data = clus1),
  apiclus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = clus2),
  apiclus2_weights = svydesign(id = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2),
  apiclus2_no_fpc = svydesign(id = ~dnum + snum, weights = ~pw, data = clus2)
)
groupings <- list(whole = c(), stype = "stype", stype_awards = c("stype", "awards"))

number <- function(x) {
  x <- as.numeric(x)
  ifelse(is.finite(x), format(x, digits = 17, trim = TRUE), "null")
}
line <- function(label, estimate, se, ci, n, deff) {
  sprintf('{"group": "%s", "estimate": %s, "se": %s, "low": %s, "high": %s, "n": %d, "deff": %s}',
          label, number(estimate), number(se), number(ci[1]), number(ci[2]), n, number(deff))
}
# A group is the design's subset; its degrees of freedom are degf of the subset. svyby gives the same estimates and se.
estimates <- function(d, label) {
  df <- degf(d)
  count <- function(name) sum(!is.na(d$variables[[name]]))
  mean_of <- function(name) {
    m <- svymean(as.formula(paste0("~", name)), d, deff = TRUE, na.rm = TRUE)
    line(label, coef(m), SE(m), confint(m, df = df), count(name), deff(m))
  }
  t <- svytotal(~enroll, d, deff = TRUE, na.rm = TRUE)
  p <- svyciprop(~awarded, d, method = "logit")
  share <- svymean(~awarded, d, deff = TRUE)
  list(mean = mean_of("api00"), gaps = mean_of("gaps"),
       total = line(label, coef(t), SE(t), confint(t, df = df), count("enroll"), deff(t)),
       proportion = line(label, coef(share), SE(share), attr(p, "ci"), count("awarded"), deff(share)))
}
# Groups of one PSU have no standard error here (R prints 0), and shares of 0 and 1 no logit: they are left out.
is_usable <- function(d) {
  inside <- weights(d, "sampling") != 0
  degf(d) > 0 && length(unique(d$variables$awarded[inside])) > 1
}
blocks <- c()
for (name in names(designs)) for (by in names(groupings)) {
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
    rows <- sapply(found, function(each) each[[kind]])
    blocks <- c(blocks, sprintf('  "%s/%s/%s": [\n    %s\n  ]', name, by, kind, paste(rows, collapse = ",\n    ")))
  }
}
writeLines(c("{", paste(blocks, collapse = ",\n"), "}"), file.path(folder, "r_reference.json"))
