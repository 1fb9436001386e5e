using Prozchain.Rollups.Zk.Signatures;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The columns of <see cref="SignatureAir"/>.</summary>
internal static class SignatureColumns
{
    /// <summary>Elements of the codeword, its digits in an element, and bits above them.</summary>
    public const int Elements = 6, Digits = 12, HighBits = 7;

    /// <summary>The row is a signature.</summary>
    public const int Real = 0;

    /// <summary>Number of the signature, 2 transaction + role.</summary>
    public const int Signature = Real + 1;

    /// <summary>The digest m that is signed, 8; the index i; R, 5; the counter c.</summary>
    public const int Digest = Signature + 1, KeyIndex = Digest + HashSignature.DigestElements, Root = KeyIndex + 1, Counter = Root + HashSignature.RootElements;

    /// <summary>The parameter P, 3.</summary>
    public const int Parameter = Counter + 1;

    /// <summary>Two elements of the codeword's compression that are not used.</summary>
    public const int Spare = Parameter + HashSignature.ParameterElements;

    /// <summary>How many levels the tree has beyond the least, 3 bits.</summary>
    public const int Level = Spare + 2;

    /// <summary>For each element of the codeword the inverse of how many of its high bits are 0, or 0.</summary>
    public const int Inverse = Level + LevelBits;

    /// <summary>Steps of each of 64 chains, two bits each: 3 less the digit.</summary>
    public const int Steps = Inverse + Elements;

    /// <summary>Bits 8 to 23 of the last element, which say nothing.</summary>
    public const int Unused = Steps + 2 * HashSignature.Chains;

    /// <summary>Bits 24 to 30 of each element.</summary>
    public const int High = Unused + UnusedBits;

    /// <summary>Columns.</summary>
    public const int Width = High + Elements * HighBits;

    /// <summary>Bits of <see cref="Level"/> and <see cref="Unused"/>.</summary>
    public const int LevelBits = 3, UnusedBits = 2 * (Elements * Digits - HashSignature.Chains);
}
