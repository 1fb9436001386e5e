using System.Buffers.Binary;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Signatures;

/// <summary>
/// The numbers of the hash-based signatures (docs/formats/rollups-zk-signature.md): one-time keys of target-sum Winternitz
/// under a ternary tree, over KoalaBear. Why they suffice: docs/security.md.
/// </summary>
public static class HashSignature
{
    /// <summary>First byte of every key and signature: 3.</summary>
    public const byte Scheme = AccountAddress.HashScheme;

    /// <summary>Bytes of a public key: the scheme byte, the root (5 elements) and the parameter (3), each 4 bytes, little-endian.</summary>
    public const int KeySize = 1 + sizeof(uint) * (RootElements + ParameterElements);

    /// <summary>Chains of a one-time key.</summary>
    public const int Chains = 64;

    /// <summary>Places of a chain; a digit of the codeword, 0 to 3, says which of them is shown.</summary>
    public const int Places = 4;

    /// <summary>What the digits of every codeword sum to, so that no codeword lies above another in each digit.</summary>
    public const int TargetSum = 137;

    /// <summary>Lowest tree that signs messages in words, as those of numbered accounts are: 81 one-time keys.</summary>
    public const int LeastHeightForWords = 4;

    /// <summary>Tallest tree: 59,049 one-time keys.</summary>
    public const int MaxHeight = 10;

    /// <summary>Height unless another is asked for: 2,187 one-time keys.</summary>
    public const int DefaultHeight = 7;

    /// <summary>Longest message in bytes: 64 KiB.</summary>
    public const int MaxMessageSize = 1 << 16;

    internal const int ValueElements = 5, RootElements = 5, ParameterElements = 3, RandomElements = 4, DigestElements = 8;
    internal const int BlockElements = 8, BytesPerElement = 3, WordBlockSize = sizeof(uint) * BlockElements, WordFrom = 1 << 8, WordTo = 1 << 9, LastWindow = 4, Arity = 3, Steps = (Places - 1) * Chains - TargetSum;

    // The kind of a call, in bits 16 and up of its tag element; below it the chain and the place, or the level.
    internal const uint ChainKind = 1 << 16, CodewordKind = 2 << 16, LeafKind = 3 << 16, NodeKind = 4 << 16;

    internal const int IndexAt = 1, RandomAt = IndexAt + sizeof(uint), CounterAt = RandomAt + RandomElements * sizeof(uint);
    internal const int ValuesAt = CounterAt + sizeof(uint), ValueSize = ValueElements * sizeof(uint);
    internal const int PathAt = ValuesAt + Chains * ValueSize, LevelSize = (Arity - 1) * ValueSize;

    /// <summary>Number of one-time keys of a tree: 3^height.</summary>
    /// <param name="height">1 to 10.</param>
    /// <exception cref="ArgumentException">Not 1 to 10.</exception>
    public static int Capacity(int height)
    {
        int capacity = 1;
        for (int i = 0, levels = Checked(height); i < levels; i++) capacity *= Arity;
        return capacity;
    }

    /// <summary>Bytes of a signature under a tree: 1,305 and 40 a level.</summary>
    /// <param name="height">1 to 10.</param>
    /// <exception cref="ArgumentException">Not 1 to 10.</exception>
    public static int SizeOf(int height) => PathAt + LevelSize * Checked(height);

    /// <summary>
    /// Permutations that a verification takes, whatever the signature: those of the message's digest, one for the codeword, 55
    /// steps of chains, 32 for the leaf, and one a level.
    /// </summary>
    /// <param name="height">1 to 10.</param>
    /// <param name="message">What is signed.</param>
    /// <exception cref="ArgumentException">Not 1 to 10, or a message longer than <see cref="MaxMessageSize"/>.</exception>
    public static int Permutations(int height, ReadOnlySpan<byte> message)
    {
        if (message.Length > MaxMessageSize) throw new ArgumentException($"Expected at most {MaxMessageSize} bytes, got {message.Length}.", nameof(message));
        return (IsWords(message) ? message.Length / WordBlockSize : BlocksOf(message.Length)) + 1 + Steps + Chains / 2 + Checked(height);
    }

    /// <summary>
    /// Reads the index of the one-time key from an untrusted signature, whether valid or not: false for bytes that have the
    /// length of no signature, or an index past the tree.
    /// </summary>
    public static bool TryReadIndex(ReadOnlySpan<byte> signature, out uint index)
    {
        index = 0;
        if (HeightOf(signature) is not (> 0 and var height)) return false;
        uint read = BinaryPrimitives.ReadUInt32LittleEndian(signature[IndexAt..]);
        if (read >= (uint)Capacity(height)) return false;
        index = read;
        return true;
    }

    /// <summary>The height that a signature's length speaks of, or 0.</summary>
    internal static int HeightOf(ReadOnlySpan<byte> signature)
    {
        (int height, int rest) = Math.DivRem(signature.Length - PathAt, LevelSize);
        return rest == 0 && height is >= 1 and <= MaxHeight && signature[0] == Scheme ? height : 0;
    }

    /// <summary>Whether a message is in words, each of them one element of its digest: whole blocks, of which the first word is 2^8 to 2^9 - 1.</summary>
    internal static bool IsWords(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty || message.Length % WordBlockSize != 0 || BinaryPrimitives.ReadUInt32LittleEndian(message) is < WordFrom or >= WordTo) return false;
        bool isCanonical = true;
        for (; !message.IsEmpty; message = message[sizeof(uint)..]) isCanonical &= BinaryPrimitives.ReadUInt32LittleEndian(message) < F.Modulus;
        return isCanonical;
    }

    /// <summary>Blocks of the digest of a message in bytes: its length and limbs of 3 bytes, 8 elements a block.</summary>
    internal static int BlocksOf(int messageSize) => Ceiling(1 + Ceiling(messageSize, BytesPerElement), BlockElements);

    private static int Ceiling(int value, int unit) => (value + unit - 1) / unit;

    private static int Checked(int height) =>
        height is >= 1 and <= MaxHeight ? height : throw new ArgumentException($"Expected a height of 1 to {MaxHeight}, got {height}.", nameof(height));
}
