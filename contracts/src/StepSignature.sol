// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What checks the signatures of a chain without a precompile for them.
interface IEd25519 {
    function verify(bytes32 key, bytes calldata message, bytes32[2] calldata signature) external view returns (bool);
}

/// @title StepSignature: keys and signatures of accounts
library StepSignature {
    /// This chain cannot check a P-256 signature.
    error NoP256();
    error OutOfGas();

    address private constant P256VERIFY = address(0x100);
    uint8 private constant P256 = 1;
    uint8 private constant ED25519 = 2;
    uint8 private constant HASH = 3;
    uint256 private constant KOALA_BEAR = 0x7F000001;
    uint256 private constant HALF_ORDER = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8;

    /// @notice True for bytes that an account's address can be made from.
    function isKey(bytes memory key) internal pure returns (bool) {
        if (key.length < 2 || key.length > 129) return false;
        uint8 scheme = uint8(key[0]);
        if (scheme == HASH) return key.length == 33 && _areElements(key);
        return scheme == P256 ? key.length == 65 : scheme == ED25519 ? key.length == 33 : scheme != 0;
    }

    /// @notice The digest of the address that is made from a key: of a hash-based one the key itself.
    function digestOf(bytes memory key) internal pure returns (bytes32 digest) {
        if (uint8(key[0]) == HASH) {
            assembly ("memory-safe") {
                digest := mload(add(key, 33))
            }
            return digest;
        }
        return keccak256(abi.encodePacked("Prozchain L2 address v0", key));
    }

    /// @notice True for a valid signature of the rollup's scheme, and of no other.
    /// @param ed25519 What checks signatures of Ed25519; zero where the scheme is P-256.
    function verify(address ed25519, bytes memory key, bytes memory message, bytes memory signature) internal view returns (bool) {
        return ed25519 == address(0) ? _verifyP256(key, message, signature) : _verifyEd25519(ed25519, key, message, signature);
    }

    /// @notice Reverts where the precompile of EIP-7951 is not there, because then every signature would seem false. The key and
    /// the signature are of a known message.
    function requireP256() internal view {
        (bool ok, bytes memory answer) = P256VERIFY.staticcall(
            hex"99b9e40868c4c78f14bd2ab24617c8bdc1a9a880399ba9d3926ec51c09ef338428e76a556dcd64e25fd89ee575ae56032ee1d38d9f6dcb5aa65c90c5873ec3bb42118e8cfcd9fdc773c02e62647ca40fe0d84dc17e76c80d892a8cb358d89484e1ea5cc2b866827821ce30ccd8d37537acf50e515c9ddd0e380967ef99b3a92cf6f2dfdb61c6da3df14f008ecc54e1b1a53008663bcb7e05a69cf3869caf4ee8"
        );
        if (!ok || answer.length != 32) revert NoP256();
    }

    function _verifyEd25519(address verifier, bytes memory key, bytes memory message, bytes memory signature) private view returns (bool) {
        if (key.length != 33 || uint8(key[0]) != ED25519 || signature.length != 65 || uint8(signature[0]) != ED25519) return false;
        bytes32 point;
        bytes32[2] memory pair;
        assembly ("memory-safe") {
            point := mload(add(key, 33))
            mstore(pair, mload(add(signature, 33)))
            mstore(add(pair, 32), mload(add(signature, 65)))
        }
        return IEd25519(verifier).verify(point, message, pair);
    }

    // Eight words, little-endian, each below the modulus: one encoding for each key, so that one key has one address.
    function _areElements(bytes memory key) private pure returns (bool) {
        for (uint256 i = 1; i < 33; i += 4) {
            uint256 word = uint256(uint8(key[i])) | uint256(uint8(key[i + 1])) << 8 | uint256(uint8(key[i + 2])) << 16 | uint256(uint8(key[i + 3])) << 24;
            if (word >= KOALA_BEAR) return false;
        }
        return true;
    }

    // The precompile takes the hash, r, s, x and y, and answers nothing for what is not a signature.
    function _verifyP256(bytes memory key, bytes memory message, bytes memory signature) private view returns (bool) {
        if (key.length != 65 || uint8(key[0]) != P256 || signature.length != 65 || uint8(signature[0]) != P256) return false;
        uint256 r;
        uint256 s;
        uint256 x;
        uint256 y;
        assembly ("memory-safe") {
            r := mload(add(signature, 33))
            s := mload(add(signature, 65))
            x := mload(add(key, 33))
            y := mload(add(key, 65))
        }
        if (s > HALF_ORDER) return false;
        (bool ok, bytes memory answer) = P256VERIFY.staticcall(abi.encode(sha256(message), r, s, x, y));
        // It fails only if it gets too little gas, which must not make a signature false.
        if (!ok) revert OutOfGas();
        return answer.length == 32;
    }
}
