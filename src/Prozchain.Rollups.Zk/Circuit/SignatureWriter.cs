using System.Numerics;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.SignatureColumns;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Writes the trace of <see cref="SignatureAir"/>.</summary>
internal static class SignatureWriter
{
    /// <summary>A row for each signature, in order.</summary>
    /// <param name="signatures">The signatures; each number once.</param>
    /// <param name="asks">Where the compressions that rows ask for are listed.</param>
    /// <param name="logRows">log2 of the fewest rows.</param>
    public static Trace<F> Generate<TCells>(ReadOnlySpan<SignatureWitness> signatures, CompressionAsks<TCells> asks, int logRows = 0)
        where TCells : struct, IPermutationCells<F>
    {
        var trace = new Trace<F>(Width, CircuitRows.Height(signatures.Length, logRows));
        Span<F> input = stackalloc F[PermutationCells.Width];
        for (int row = 0; row < signatures.Length; row++)
        {
            Write(trace, row, signatures[row]);
            signatures[row].WriteCodewordInput(input);
            asks.Add(CompressionWindow.N, input);
        }
        return trace;
    }

    private static void Write(Trace<F> trace, int row, SignatureWitness signature)
    {
        (trace[Real, row], trace[Signature, row]) = (F.One, F.FromUInt32(signature.Number));
        Elements(trace, Digest, row, signature.Digest.Span);
        trace[KeyIndex, row] = F.FromUInt32(signature.Index);
        Elements(trace, Root, row, signature.Root.Span);
        trace[Counter, row] = signature.Counter;
        Elements(trace, Parameter, row, signature.Parameter.Span);
        Elements(trace, Spare, row, signature.Codeword.Span[SignatureColumns.Elements..]);
        Bits(trace, Level, row, (uint)(signature.Height - HashSignature.LeastHeightForWords), LevelBits);
        for (int chain = 0; chain < HashSignature.Chains; chain++) Bits(trace, Steps + 2 * chain, row, HashSignature.Places - 1u - signature.Digits.Span[chain], 2);
        for (int i = 0; i < SignatureColumns.Elements; i++)
        {
            uint element = signature.Codeword.Span[i].ToUInt32(), high = element >> 2 * Digits;
            Bits(trace, High + HighBits * i, row, high, HighBits);
            int zeros = HighBits - BitOperations.PopCount(high);
            trace[Inverse + i, row] = zeros == 0 ? F.Zero : F.FromUInt32((uint)zeros).Inverse();
            if (i == SignatureColumns.Elements - 1) Bits(trace, Unused, row, element >> 2 * Digits - UnusedBits, UnusedBits);
        }
    }

    private static void Elements(Trace<F> trace, int column, int row, ReadOnlySpan<F> elements)
    {
        for (int i = 0; i < elements.Length; i++) trace[column + i, row] = elements[i];
    }

    private static void Bits(Trace<F> trace, int column, int row, uint value, int count)
    {
        for (int i = 0; i < count; i++) trace[column + i, row] = F.FromUInt32(value >> i & 1);
    }
}
