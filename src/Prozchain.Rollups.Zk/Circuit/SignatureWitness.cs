using System.Buffers.Binary;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>A signature as elements, with the codeword of its message: what the traces of signatures are made from.</summary>
internal sealed record SignatureWitness
{
    private const int CodewordElements = 8;

    /// <summary>2 transaction + role, below 2^24.</summary>
    public required uint Number { get; init; }

    /// <summary>Levels of the tree, 4 to 10.</summary>
    public required int Height { get; init; }

    /// <summary>The index i of the one-time key.</summary>
    public required uint Index { get; init; }

    /// <summary>The counter c.</summary>
    public required F Counter { get; init; }

    /// <summary>The digest m, 8.</summary>
    public required ReadOnlyMemory<F> Digest { get; init; }

    /// <summary>R, 5.</summary>
    public required ReadOnlyMemory<F> Root { get; init; }

    /// <summary>P, 3.</summary>
    public required ReadOnlyMemory<F> Parameter { get; init; }

    /// <summary>The values shown, 5 for each chain.</summary>
    public required ReadOnlyMemory<F> Values { get; init; }

    /// <summary>Two siblings of each level, 5 each.</summary>
    public required ReadOnlyMemory<F> Siblings { get; init; }

    /// <summary>The codeword, 6, and two elements more of its compression.</summary>
    public ReadOnlyMemory<F> Codeword { get; init; }

    /// <summary>The place of each chain that is shown.</summary>
    public ReadOnlyMemory<byte> Digits { get; init; }

    /// <summary>Reads a signature that verifies.</summary>
    /// <param name="number">2 transaction + role, below 2^24.</param>
    /// <param name="digest">m: 8 elements.</param>
    /// <param name="publicKey">33 bytes.</param>
    /// <param name="signature">1,305 + 40 h bytes, h from 4 to 10.</param>
    /// <exception cref="ArgumentException">It is not of that form, or its digits do not sum to 137. That its values lead to R is not checked.</exception>
    public static SignatureWitness Read<TCells>(uint number, ReadOnlySpan<F> digest, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature)
        where TCells : struct, IPermutationCells<F>
    {
        if (digest.Length != HashSignature.DigestElements) throw new ArgumentException($"Expected {HashSignature.DigestElements} elements, got {digest.Length}.", nameof(digest));
        if (publicKey.Length != HashSignature.KeySize) throw new ArgumentException($"Expected {HashSignature.KeySize} bytes, got {publicKey.Length}.", nameof(publicKey));
        if (TryRead<TCells>(number, digest, publicKey, signature, out SignatureWitness? read)) return read!;
        throw new ArgumentException($"Expected a signature under 4 to 10 levels, of elements below {F.Modulus} and digits that sum to {HashSignature.TargetSum}, got another of {signature.Length} bytes.", nameof(signature));
    }

    /// <summary>As <see cref="Read{TCells}"/>, from untrusted bytes of a signature: false where that throws.</summary>
    public static bool TryRead<TCells>(uint number, ReadOnlySpan<F> digest, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, out SignatureWitness? witness)
        where TCells : struct, IPermutationCells<F>
    {
        witness = null;
        int height = HashSignature.HeightOf(signature);
        if (height < HashSignature.LeastHeightForWords) return false;
        bool isRead = TryElements(signature[HashSignature.CounterAt..], 1, out F[] counter)
            & TryElements(publicKey[1..], HashSignature.RootElements, out F[] root)
            & TryElements(publicKey[(1 + HashSignature.ValueSize)..], HashSignature.ParameterElements, out F[] parameter)
            & TryElements(signature[HashSignature.ValuesAt..], HashSignature.Chains * HashSignature.ValueElements, out F[] values)
            & TryElements(signature[HashSignature.PathAt..], height * (HashSignature.Arity - 1) * HashSignature.ValueElements, out F[] siblings);
        if (!isRead) return false;
        SignatureWitness read = new()
        {
            Number = number, Height = height, Index = BinaryPrimitives.ReadUInt32LittleEndian(signature[HashSignature.IndexAt..]), Counter = counter[0], Digest = digest.ToArray(),
            Root = root, Parameter = parameter, Values = values, Siblings = siblings,
        };
        Span<F> input = stackalloc F[PermutationCells.Width];
        read.WriteCodewordInput(input);
        var codeword = new F[CodewordElements];
        PermutationCells.Compress<TCells, F>(input, (int)CompressionWindow.N, codeword);
        var digits = new byte[HashSignature.Chains];
        int sum = 0;
        for (int chain = 0; chain < digits.Length; chain++)
            sum += digits[chain] = (byte)(codeword[chain / SignatureColumns.Digits].ToUInt32() >> 2 * (chain % SignatureColumns.Digits) & (HashSignature.Places - 1));
        witness = read with { Codeword = codeword, Digits = digits };
        return sum == HashSignature.TargetSum;
    }

    /// <summary>The words r of a signature's untrusted bytes; zeros where it has none.</summary>
    public static SignatureRandomness RandomnessOf(ReadOnlySpan<byte> signature)
    {
        SignatureRandomness randomness = default;
        if (HashSignature.HeightOf(signature) > 0 && TryElements(signature[HashSignature.RandomAt..], HashSignature.RandomElements, out F[] elements))
            for (int i = 0; i < elements.Length; i++) randomness[i] = elements[i];
        return randomness;
    }

    /// <summary>What the codeword is the compression of: 16 elements.</summary>
    public void WriteCodewordInput(Span<F> input)
    {
        Digest.Span.CopyTo(input);
        input[8] = F.FromUInt32(Index);
        input[9] = F.FromUInt32(HashSignature.CodewordKind);
        Root.Span.CopyTo(input[10..]);
        input[15] = Counter;
    }

    private static bool TryElements(ReadOnlySpan<byte> bytes, int count, out F[] elements)
    {
        elements = new F[count];
        for (int i = 0; i < count; i++)
            if (!F.TryRead(bytes.Slice(sizeof(uint) * i, sizeof(uint)), out elements[i])) return false;
        return true;
    }
}
