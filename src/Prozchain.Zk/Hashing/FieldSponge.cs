using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// Hashing of field elements with a permutation: an overwriting sponge without padding, whose rate is the width less
/// eight, and a compression of two digests to one. A digest is eight elements: 248 bits for a field of 31.
/// </summary>
/// <remarks>
/// No padding: inputs of different lengths may collide, so the length must be fixed by the statement, as the widths of
/// committed matrices are. The compression keeps a part of the permutation's output and is no hash of its own: never
/// use one permutation for both in one tree unless the roles are fixed by position. Values as in Plonky3.
/// </remarks>
/// <typeparam name="TField">The field.</typeparam>
/// <typeparam name="TPermutation">The permutation, of width 16 or more.</typeparam>
public static class FieldSponge<TField, TPermutation>
    where TField : unmanaged, IField<TField>
    where TPermutation : struct, IPermutation<TField>
{
    /// <summary>Elements of a digest.</summary>
    public const int DigestLength = 8;

    /// <summary>Elements taken in by one permutation.</summary>
    public static int Rate => TPermutation.Width - DigestLength;

    /// <summary>Hashes elements; the empty input gives zeros.</summary>
    /// <param name="input">Any number of elements.</param>
    /// <param name="digest">Eight elements.</param>
    /// <exception cref="ArgumentException">The digest is not eight elements long.</exception>
    public static void Hash(ReadOnlySpan<TField> input, Span<TField> digest)
    {
        Require(digest.Length, DigestLength, nameof(digest));
        Span<TField> state = stackalloc TField[TPermutation.Width];
        state.Clear();
        while (!input.IsEmpty)
        {
            // A last block that is short overwrites its own places only.
            int count = Math.Min(Rate, input.Length);
            input[..count].CopyTo(state);
            TPermutation.Permute(state);
            input = input[count..];
        }
        state[..DigestLength].CopyTo(digest);
    }

    /// <summary>Compresses two digests: left then right fill the state's start, permuted, and its first eight elements are kept.</summary>
    /// <param name="pair">Sixteen elements.</param>
    /// <param name="digest">Eight elements; may be part of the pair.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static void Compress(ReadOnlySpan<TField> pair, Span<TField> digest)
    {
        Require(pair.Length, 2 * DigestLength, nameof(pair));
        Require(digest.Length, DigestLength, nameof(digest));
        Span<TField> state = stackalloc TField[TPermutation.Width];
        state.Clear();
        pair.CopyTo(state);
        TPermutation.Permute(state);
        state[..DigestLength].CopyTo(digest);
    }

    private static void Require(int length, int expected, string name)
    {
        if (length != expected) throw new ArgumentException($"Expected {expected} elements, got {length}.", name);
    }
}
