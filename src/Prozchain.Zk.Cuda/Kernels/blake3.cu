// Rows and pairs by BLAKE3.
#include "blake3.cuh"

PROZCHAIN_ROWS(koalabear_blake3_rows, KoalaBear, Blake3())
PROZCHAIN_ROWS(babybear_blake3_rows, BabyBear, Blake3())
PROZCHAIN_NODES(blake3, Blake3())
