// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Sha512: the hash of FIPS 180-4
library Sha512 {
    uint256 private constant MASK = type(uint64).max;

    /// The first 64 bits of the fractional parts of the cube roots of the first 80 primes.
    bytes private constant K =
        hex"428a2f98d728ae227137449123ef65cdb5c0fbcfec4d3b2fe9b5dba58189dbbc3956c25bf348b53859f111f1b605d019923f82a4af194f9bab1c5ed5da6d8118"
        hex"d807aa98a303024212835b0145706fbe243185be4ee4b28c550c7dc3d5ffb4e272be5d74f27b896f80deb1fe3b1696b19bdc06a725c71235c19bf174cf692694"
        hex"e49b69c19ef14ad2efbe4786384f25e30fc19dc68b8cd5b5240ca1cc77ac9c652de92c6f592b02754a7484aa6ea6e4835cb0a9dcbd41fbd476f988da831153b5"
        hex"983e5152ee66dfaba831c66d2db43210b00327c898fb213fbf597fc7beef0ee4c6e00bf33da88fc2d5a79147930aa72506ca6351e003826f142929670a0e6e70"
        hex"27b70a8546d22ffc2e1b21385c26c9264d2c6dfc5ac42aed53380d139d95b3df650a73548baf63de766a0abb3c77b2a881c2c92e47edaee692722c851482353b"
        hex"a2bfe8a14cf10364a81a664bbc423001c24b8b70d0f89791c76c51a30654be30d192e819d6ef5218d69906245565a910f40e35855771202a106aa07032bbd1b8"
        hex"19a4c116b8d2d0c81e376c085141ab532748774cdf8eeb9934b0bcb5e19b48a8391c0cb3c5c95a634ed8aa4ae3418acb5b9cca4f7763e373682e6ff3d6b2b8a3"
        hex"748f82ee5defb2fc78a5636f43172f6084c87814a1f0ab728cc702081a6439ec90befffa23631e28a4506cebde82bde9bef9a3f7b2c67915c67178f2e372532b"
        hex"ca273eceea26619cd186b8c721c0c207eada7dd6cde0eb1ef57d4f7fee6ed17806f067aa72176fba0a637dc5a2c898a6113f9804bef90dae1b710b35131c471b"
        hex"28db77f523047d8432caab7b40c724933c9ebe0a15c9bebc431d67c49c100d4c4cc5d4becb3e42b6597f299cfc657e2a5fcb6fab3ad6faec6c44198c4a475817";

    /// @notice The digest's 64 bytes in two words.
    function hash(bytes memory data) internal pure returns (bytes32 first, bytes32 second) {
        // A byte 0x80, zeros, and the length in bits in 16 bytes.
        bytes memory padded = bytes.concat(data, bytes1(0x80), new bytes((239 - data.length % 128) % 128), bytes16(uint128(data.length * 8)));
        uint256[8] memory state = [
            uint256(0x6a09e667f3bcc908),
            0xbb67ae8584caa73b,
            0x3c6ef372fe94f82b,
            0xa54ff53a5f1d36f1,
            0x510e527fade682d1,
            0x9b05688c2b3e6c1f,
            0x1f83d9abfb41bd6b,
            0x5be0cd19137e2179
        ];
        uint256[80] memory words;
        bytes memory constants = K;
        for (uint256 offset = 0; offset < padded.length; offset += 128) _block(state, words, constants, padded, offset);
        first = bytes32((state[0] << 192) | (state[1] << 128) | (state[2] << 64) | state[3]);
        second = bytes32((state[4] << 192) | (state[5] << 128) | (state[6] << 64) | state[7]);
    }

    function _block(uint256[8] memory state, uint256[80] memory words, bytes memory constants, bytes memory data, uint256 offset) private pure {
        unchecked {
            for (uint256 i = 0; i < 16; i++) words[i] = _load(data, offset + 8 * i);
            for (uint256 i = 16; i < 80; i++) {
                uint256 x = words[i - 15];
                uint256 y = words[i - 2];
                uint256 xx = x | (x << 64);
                uint256 yy = y | (y << 64);
                words[i] = (words[i - 16] + words[i - 7] + (((xx >> 1) ^ (xx >> 8) ^ (x >> 7)) & MASK) + (((yy >> 19) ^ (yy >> 61) ^ (y >> 6)) & MASK)) & MASK;
            }
            (uint256 a, uint256 b, uint256 c, uint256 d) = (state[0], state[1], state[2], state[3]);
            (uint256 e, uint256 f, uint256 g, uint256 h) = (state[4], state[5], state[6], state[7]);
            for (uint256 i = 0; i < 80; i++) {
                uint256 ee = e | (e << 64);
                uint256 one = h + (((ee >> 14) ^ (ee >> 18) ^ (ee >> 41)) & MASK) + (g ^ (e & (f ^ g))) + _load(constants, 8 * i) + words[i];
                uint256 aa = a | (a << 64);
                uint256 two = (((aa >> 28) ^ (aa >> 34) ^ (aa >> 39)) & MASK) + ((a & b) ^ (a & c) ^ (b & c));
                (h, g, f, e) = (g, f, e, (d + one) & MASK);
                (d, c, b, a) = (c, b, a, (one + two) & MASK);
            }
            state[0] = (state[0] + a) & MASK;
            state[1] = (state[1] + b) & MASK;
            state[2] = (state[2] + c) & MASK;
            state[3] = (state[3] + d) & MASK;
            state[4] = (state[4] + e) & MASK;
            state[5] = (state[5] + f) & MASK;
            state[6] = (state[6] + g) & MASK;
            state[7] = (state[7] + h) & MASK;
        }
    }

    // Eight bytes of what is known to be there.
    function _load(bytes memory data, uint256 offset) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(192, mload(add(add(data, 32), offset)))
        }
    }
}
