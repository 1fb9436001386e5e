using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.Rollups;

/// <summary>An account or contract of an EVM chain: the last 20 bytes of the Keccak-256 of its public key, or of what created it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct L1Address : IEquatable<L1Address>, IComparable<L1Address>
{
    /// <summary>Length in bytes: 20.</summary>
    public const int Size = 20;

    private readonly uint _0, _1, _2, _3, _4;

    /// <summary>Copies an address.</summary>
    /// <param name="bytes">Exactly 20 bytes.</param>
    /// <exception cref="ArgumentException">The length is not 20.</exception>
    public L1Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"Expected {Size} bytes, got {bytes.Length}.", nameof(bytes));
        this = MemoryMarshal.Read<L1Address>(bytes);
    }

    /// <summary>The 20 bytes, as a view of this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in this, 1));

    /// <summary>0x…dEaD, of which nobody has the key: where contracts send what is burned.</summary>
    internal static L1Address Burned { get; } = new([.. new byte[18], 0xDE, 0xAD]);

    /// <summary>True for the address of twenty zero bytes, which stands for none.</summary>
    public bool IsZero => (_0 | _1 | _2 | _3 | _4) == 0;

    /// <summary>The address that a secp256k1 key controls.</summary>
    /// <param name="publicKey">64 bytes: X and Y, big-endian.</param>
    /// <exception cref="ArgumentException">Not 64 bytes.</exception>
    public static L1Address FromPublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != 64) throw new ArgumentException($"Expected 64 bytes, got {publicKey.Length}.", nameof(publicKey));
        return new L1Address(Hashing.Keccak(publicKey).Span[12..]);
    }

    /// <summary>Where the contract is that an account's transaction creates: the last 20 bytes of Keccak-256(RLP([account, nonce])).</summary>
    /// <param name="creator">The account.</param>
    /// <param name="nonce">How many transactions it had sent before.</param>
    public static L1Address OfCreated(L1Address creator, ulong nonce) =>
        new(Hashing.Keccak(new Evm.RlpWriter().WriteList(list => list.Write(creator.Span).Write((UInt128)nonce)).Written).Span[12..]);

    /// <summary>
    /// Reads <c>0x</c> and 40 hexadecimal digits. Digits of one case pass as they are; mixed case must be the EIP-55
    /// checksum.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out L1Address address)
    {
        address = default;
        if (text.Length != 2 + 2 * Size || text[0] != '0' || text[1] != 'x') return false;
        ReadOnlySpan<char> digits = text[2..];
        Span<byte> bytes = stackalloc byte[Size];
        if (Convert.FromHexString(digits, bytes, out _, out int written) != System.Buffers.OperationStatus.Done || written != Size) return false;
        var read = new L1Address(bytes);
        bool isMixed = digits.ContainsAnyInRange('a', 'f') && digits.ContainsAnyInRange('A', 'F');
        if (isMixed && !text.SequenceEqual(read.ToString())) return false;
        address = read;
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(L1Address other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is L1Address other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_0, _1, _2, _3, _4);

    /// <summary>Order as byte strings.</summary>
    public int CompareTo(L1Address other) => Span.SequenceCompareTo(other.Span);

    /// <summary><c>0x</c> and 40 hexadecimal digits whose case is the checksum of EIP-55.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[2 + 2 * Size];
        "0x".CopyTo(text);
        Span<char> digits = text[2..];
        Convert.TryToHexStringLower(Span, digits, out _);
        Span<byte> ascii = stackalloc byte[2 * Size];
        for (int i = 0; i < ascii.Length; i++) ascii[i] = (byte)digits[i];
        Bytes32 hash = Hashing.Keccak(ascii);
        for (int i = 0; i < digits.Length; i++)
        {
            int nibble = (hash.Span[i / 2] >> (4 * (1 - i % 2))) & 0xF;
            if (nibble >= 8) digits[i] = char.ToUpperInvariant(digits[i]);
        }
        return new string(text);
    }

    /// <summary>Equality of all 20 bytes.</summary>
    public static bool operator ==(L1Address left, L1Address right) => left.Equals(right);

    /// <summary>Inequality of the 20 bytes.</summary>
    public static bool operator !=(L1Address left, L1Address right) => !left.Equals(right);

    /// <summary>Order as byte strings.</summary>
    public static bool operator <(L1Address left, L1Address right) => left.CompareTo(right) < 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator >(L1Address left, L1Address right) => left.CompareTo(right) > 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator <=(L1Address left, L1Address right) => left.CompareTo(right) <= 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator >=(L1Address left, L1Address right) => left.CompareTo(right) >= 0;
}
