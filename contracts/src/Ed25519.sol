// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Sha512} from "./Sha512.sol";

/// @title Ed25519: checks signatures of RFC 8032 where no precompile does
/// @notice The rules of the library, bit for bit: encodings as section 5.1.3 has them, s below the order, and the equation with
/// the cofactor, [8](R + [k]A - [s]B) = 0. Parts of small order are accepted where that holds.
/// @dev Costs what only a dispute pays. Time and gas depend on the input, which is public.
contract Ed25519 {
    struct Point {
        uint256 x;
        uint256 y;
        uint256 z;
        uint256 t;
    }

    uint256 private constant P = 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed;
    uint256 private constant L = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed;
    uint256 private constant D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3;
    uint256 private constant D2 = 0x2406d9dc56dffce7198e80f2eef3d13000e0149a8283b156ebd69b9426b2f159;
    uint256 private constant SQRT_OF_MINUS_ONE = 0x2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0;
    /// (P - 5) / 8
    uint256 private constant EXPONENT = 0x0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd;
    /// 2^256 modulo L
    uint256 private constant HIGH = 0x0ffffffffffffffffffffffffffffffec6ef5bf4737dcf70d6ec31748d98951d;
    /// The base point with its sign turned.
    uint256 private constant MINUS_BX = 0x5e96c92c3291ac013f5b1dce022923a396d3389f6ada584d36a9d29f70da2ad3;
    uint256 private constant BY = 0x6666666666666666666666666666666666666666666666666666666666666658;
    uint256 private constant MINUS_BT = 0x1878a0f02874899a9915b1719b541c82df0f607f88aead0a9221754c5a48224a;
    uint256 private constant TOP = 1 << 255;
    address private constant MODEXP = address(5);

    error OutOfGas();

    /// @notice True for a valid signature. Hostile input gives false.
    /// @param key 32 bytes.
    /// @param signature R and s, 32 bytes each.
    function verify(bytes32 key, bytes calldata message, bytes32[2] calldata signature) external view returns (bool) {
        return _verify(key, message, signature[0], signature[1]);
    }

    /// @notice The same for a key of 33 bytes and a signature of 65, both with the byte of the scheme, 2, before them.
    function check(bytes calldata key, bytes calldata message, bytes calldata signature) external view returns (bool) {
        if (key.length != 33 || uint8(key[0]) != 2 || signature.length != 65 || uint8(signature[0]) != 2) return false;
        return _verify(bytes32(key[1:33]), message, bytes32(signature[1:33]), bytes32(signature[33:65]));
    }

    function _verify(bytes32 key, bytes calldata message, bytes32 encodedR, bytes32 encodedS) private view returns (bool) {
        uint256 s = _turn(uint256(encodedS));
        if (s >= L) return false;
        (bool isA, Point memory a) = _decode(key);
        (bool isR, Point memory r) = _decode(encodedR);
        if (!isA || !isR) return false;
        (bytes32 low, bytes32 high) = Sha512.hash(bytes.concat(encodedR, key, message));
        uint256 k = addmod(mulmod(_turn(uint256(high)), HIGH, L), _turn(uint256(low)), L);
        Point memory sum = _combine(a, k, s);
        _add(sum, r);
        _double(sum);
        _double(sum);
        _double(sum);
        return sum.x == 0 && sum.y == sum.z;
    }

    // [k]A - [s]B, both at once, bit by bit from the top.
    function _combine(Point memory a, uint256 k, uint256 s) private pure returns (Point memory sum) {
        Point memory b = Point(MINUS_BX, BY, 1, MINUS_BT);
        Point memory both = Point(MINUS_BX, BY, 1, MINUS_BT);
        _add(both, a);
        (sum.y, sum.z) = (1, 1);
        for (uint256 i = 253; i > 0; i--) {
            _double(sum);
            uint256 bits = ((k >> (i - 1)) & 1) | (((s >> (i - 1)) & 1) << 1);
            if (bits == 1) _add(sum, a);
            else if (bits == 2) _add(sum, b);
            else if (bits == 3) _add(sum, both);
        }
    }

    // Section 5.1.4, for a = -1: complete, whatever the points.
    function _add(Point memory p, Point memory q) private pure {
        unchecked {
            uint256 a = mulmod(p.y + P - p.x, q.y + P - q.x, P);
            uint256 b = mulmod(p.y + p.x, q.y + q.x, P);
            uint256 c = mulmod(mulmod(p.t, q.t, P), D2, P);
            uint256 d = mulmod(p.z, 2 * q.z, P);
            uint256 e = b + P - a;
            uint256 f = d + P - c;
            uint256 g = d + c;
            uint256 h = b + a;
            p.x = mulmod(e, f, P);
            p.y = mulmod(g, h, P);
            p.t = mulmod(e, h, P);
            p.z = mulmod(f, g, P);
        }
    }

    function _double(Point memory p) private pure {
        unchecked {
            uint256 a = mulmod(p.x, p.x, P);
            uint256 b = mulmod(p.y, p.y, P);
            uint256 c = mulmod(p.z, 2 * p.z, P);
            uint256 h = addmod(a, b, P);
            uint256 sum = p.x + p.y;
            uint256 e = h + P - mulmod(sum, sum, P);
            uint256 g = addmod(a, P - b, P);
            uint256 f = c + g;
            p.x = mulmod(e, f, P);
            p.y = mulmod(g, h, P);
            p.t = mulmod(e, h, P);
            p.z = mulmod(f, g, P);
        }
    }

    // Section 5.1.3.
    function _decode(bytes32 encoded) private view returns (bool, Point memory point) {
        uint256 y = _turn(uint256(encoded));
        uint256 sign = y >> 255;
        y &= TOP - 1;
        if (y >= P) return (false, point);
        uint256 square = mulmod(y, y, P);
        uint256 u = addmod(square, P - 1, P);
        uint256 v = addmod(mulmod(D, square, P), 1, P);
        uint256 cube = mulmod(mulmod(v, v, P), v, P);
        uint256 x = mulmod(mulmod(u, cube, P), _power(mulmod(u, mulmod(mulmod(cube, cube, P), v, P), P)), P);
        uint256 got = mulmod(v, mulmod(x, x, P), P);
        if (got != u) {
            if (addmod(got, u, P) != 0) return (false, point);
            x = mulmod(x, SQRT_OF_MINUS_ONE, P);
        }
        if (x == 0 && sign == 1) return (false, point);
        if (x & 1 != sign) x = P - x;
        return (true, Point(x, y, 1, mulmod(x, y, P)));
    }

    function _power(uint256 base) private view returns (uint256) {
        (bool ok, bytes memory answer) = MODEXP.staticcall(abi.encode(32, 32, 32, base, EXPONENT, P));
        if (!ok) revert OutOfGas();
        return abi.decode(answer, (uint256));
    }

    // The order of the bytes of a word turned round.
    function _turn(uint256 v) private pure returns (uint256) {
        v = ((v >> 8) & 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff) | ((v & 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff) << 8);
        v = ((v >> 16) & 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff) | ((v & 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff) << 16);
        v = ((v >> 32) & 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff) | ((v & 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff) << 32);
        v = ((v >> 64) & 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff) | ((v & 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff) << 64);
        return (v >> 128) | (v << 128);
    }
}
