// Rows and pairs by SHA-256.
#include "sha256.cuh"

PROZCHAIN_ROWS(koalabear_sha256_rows, KoalaBear, Sha256())
PROZCHAIN_ROWS(babybear_sha256_rows, BabyBear, Sha256())
PROZCHAIN_NODES(sha256, Sha256())
