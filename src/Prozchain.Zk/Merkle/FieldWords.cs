using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// Elements of 31 bits as the integers of their canonical encodings, many at once: out of Montgomery form, as
/// Field31.ToUInt32 does it for one.
/// </summary>
internal static class FieldWords
{
    /// <summary>Whether elements of the field are words in Montgomery form; resolved when the caller is compiled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSupported<TField>() => typeof(TField) == typeof(Field31<KoalaBear>) || typeof(TField) == typeof(Field31<BabyBear>);

    /// <param name="elements">Of a supported field.</param>
    /// <param name="words">As many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Encode<TField>(ReadOnlySpan<TField> elements, Span<uint> words) where TField : unmanaged
    {
        ReadOnlySpan<uint> montgomery = MemoryMarshal.Cast<TField, uint>(elements);
        if (typeof(TField) == typeof(Field31<KoalaBear>)) Reduce<KoalaBear>(montgomery, words[..montgomery.Length]);
        else Reduce<BabyBear>(montgomery, words[..montgomery.Length]);
    }

    /// <summary>Elements from their canonical encodings: false, with part of them, if one is not below the modulus.</summary>
    /// <param name="words">The encodings.</param>
    /// <param name="elements">As many, of a supported field.</param>
    public static bool TryDecode<TField>(ReadOnlySpan<uint> words, Span<TField> elements) where TField : unmanaged, IField<TField>
    {
        const int Piece = 256;
        uint modulus = typeof(TField) == typeof(Field31<KoalaBear>) ? KoalaBear.Modulus : BabyBear.Modulus;
        // An integer taken for a Montgomery form is too small by a factor of 2^32.
        Span<TField> factors = stackalloc TField[Piece];
        factors[..Math.Min(Piece, words.Length)].Fill(TField.FromUInt64(1UL << 32));
        for (int at = 0; at < words.Length; at += Piece)
        {
            ReadOnlySpan<uint> piece = words.Slice(at, Math.Min(Piece, words.Length - at));
            if (MaxOf(piece) >= modulus) return false;
            Span<TField> target = elements.Slice(at, piece.Length);
            piece.CopyTo(MemoryMarshal.Cast<TField, uint>(target));
            FieldSpans.Multiply(target, factors[..piece.Length], target);
        }
        return true;
    }

    private static uint MaxOf(ReadOnlySpan<uint> words)
    {
        Vector512<uint> most = default;
        int i = 0;
        for (; i + Vector512<uint>.Count <= words.Length; i += Vector512<uint>.Count) most = Vector512.Max(most, Vector512.Create(words[i..]));
        uint max = 0;
        for (int lane = 0; lane < Vector512<uint>.Count; lane++) max = Math.Max(max, most[lane]);
        for (; i < words.Length; i++) max = Math.Max(max, words[i]);
        return max;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce<T>(ReadOnlySpan<uint> from, Span<uint> to) where T : struct, IField31Parameters
    {
        int i = 0;
        ref uint source = ref MemoryMarshal.GetReference(from), target = ref MemoryMarshal.GetReference(to);
        if (Avx512F.IsSupported)
        {
            for (; i + Vector512<uint>.Count <= from.Length; i += Vector512<uint>.Count)
            {
                // With q = x / p mod 2^32, x - q p is -(high half of q p) times 2^32: by even and by odd lanes.
                Vector512<uint> p = Vector512.Create(T.Modulus), q = Vector512.LoadUnsafe(ref source, (nuint)i) * T.ModulusInverse;
                Vector512<ulong> even = Avx512F.Multiply(q, p) >>> 32, odd = Avx512F.Multiply((q.AsUInt64() >>> 32).AsUInt32(), p);
                Vector512<uint> difference = -(even | (odd & Vector512.Create(0xFFFF_FFFF_0000_0000))).AsUInt32();
                Vector512.Min(difference, difference + p).StoreUnsafe(ref target, (nuint)i);
            }
        }
        else if (Avx2.IsSupported)
        {
            for (; i + Vector256<uint>.Count <= from.Length; i += Vector256<uint>.Count)
            {
                Vector256<uint> p = Vector256.Create(T.Modulus), q = Vector256.LoadUnsafe(ref source, (nuint)i) * T.ModulusInverse;
                Vector256<ulong> even = Avx2.Multiply(q, p) >>> 32, odd = Avx2.Multiply((q.AsUInt64() >>> 32).AsUInt32(), p);
                Vector256<uint> difference = -(even | (odd & Vector256.Create(0xFFFF_FFFF_0000_0000))).AsUInt32();
                Vector256.Min(difference, difference + p).StoreUnsafe(ref target, (nuint)i);
            }
        }
        for (; i < from.Length; i++)
        {
            uint q = from[i] * T.ModulusInverse, difference = 0 - (uint)(((ulong)q * T.Modulus) >> 32);
            to[i] = Math.Min(difference, difference + T.Modulus);
        }
    }
}
