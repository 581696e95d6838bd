# Makes r_reference.json: what R's survey package gives for its own samples of Californian schools.
# Rscript tests/analysis/r_reference.R tests/analysis
suppressPackageStartupMessages(library(survey))
options(digits = 17, survey.lonely.psu = "fail")
data(api)
folder <- commandArgs(trailingOnly = TRUE)[1]
keep <- c("cds", "stype", "api00", "api99", "enroll", "awards", "dnum", "snum", "pw", "fpc")
write.csv(apistrat[, keep], file.path(folder, "apistrat.csv"), row.names = FALSE)
write.csv(apiclus1[, keep], file.path(folder, "apiclus1.csv"), row.names = FALSE)
write.csv(apiclus2[, c("cds", "stype", "api00", "api99", "enroll", "awards", "dnum", "snum", "pw", "fpc1", "fpc2")],
          file.path(folder, "apiclus2.csv"), row.names = FALSE)
designs <- list(
  apistrat = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc),
  apiclus1 = svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc),
  apiclus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
)
number <- function(x) format(as.numeric(x), digits = 17)
lines <- c()
for (name in names(designs)) {
  d <- designs[[name]]
  m <- svymean(~api00, d, deff = TRUE)
  ci <- confint(m, df = degf(d))
  t <- svytotal(~enroll, d, na.rm = TRUE)
  p <- svyciprop(~I(awards == "Yes"), d, method = "logit")
  by <- svyby(~api00, ~stype, d, svymean)
  values <- c(number(coef(m)), number(SE(m)), number(ci[1]), number(ci[2]), number(deff(m)),
              number(coef(t)), number(SE(t)), number(coef(p)), number(attr(p, "ci")[1]), number(attr(p, "ci")[2]),
              number(by$api00), number(by$se))
  lines <- c(lines, sprintf('  "%s": [%s]', name, paste(values, collapse = ", ")))
}
writeLines(c("{", paste(lines, collapse = ",\n"), "}"), file.path(folder, "r_reference.json"))
