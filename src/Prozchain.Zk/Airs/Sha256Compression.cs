using System.Numerics;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using static Prozchain.Zk.Airs.Sha256Columns;

namespace Prozchain.Zk.Airs;

/// <summary>The input of a compression of SHA-256.</summary>
/// <param name="Chaining">The state, 8 words.</param>
/// <param name="Message">The block as 16 words, which FIPS 180-4 reads from bytes big-endian.</param>
/// <param name="Asked">How often the bus asks for it.</param>
public readonly record struct Sha256Compression(ReadOnlyMemory<uint> Chaining, ReadOnlyMemory<uint> Message, uint Asked = 1)
{
    /// <summary>
    /// The trace of <see cref="Sha256CompressionAir"/>; it is filled up with compressions of zeros, for which nobody asks.
    /// </summary>
    /// <exception cref="ArgumentException">A state or message of a wrong length.</exception>
    public static Trace<TField> Generate<TField>(ReadOnlySpan<Sha256Compression> inputs) where TField : struct, IField<TField>
    {
        var source = new Sha256Source<TField>(inputs.ToArray());
        var trace = new Trace<TField>(source.Width, source.Height);
        source.Fill(trace, 1, default);
        return trace;
    }

    /// <summary>
    /// As <see cref="Generate"/>, but made where it is needed: by a prover's device from the inputs alone, and otherwise when a cell is first asked
    /// for, which traces that hide always are.
    /// </summary>
    /// <param name="inputs">The compressions, in order of their rows; not to be changed while the trace is used, nor what they refer to.</param>
    /// <param name="threads">How many may work here.</param>
    /// <exception cref="ArgumentException">A state or message of a wrong length.</exception>
    public static Trace<TField> Describe<TField>(ReadOnlyMemory<Sha256Compression> inputs, int threads = 1) where TField : struct, IField<TField> =>
        new(new Sha256Source<TField>(inputs), threads);

    /// <summary>Writes the cells of the rows from a first one on; those from <see cref="CarryWindow"/> on only where they are not zero.</summary>
    internal void Write<TField>(Trace<TField> trace, int start) where TField : struct, IField<TField>
    {
        ReadOnlySpan<uint> input = Chaining.Span;
        Span<uint> w = stackalloc uint[80];
        Message.Span.CopyTo(w);
        for (int t = 16; t < 80; t++) w[t] = Small(w[t - 2], 17, 19, 10) + w[t - 7] + Small(w[t - 15], 7, 18, 3) + w[t - 16];
        Span<uint> s = stackalloc uint[8];
        Span<uint> output = stackalloc uint[8];
        input.CopyTo(s);
        for (int t = 0; t < 64; t++)
        {
            int row = start + t;
            WriteState(trace, row, s, w[t..]);
            uint sigma1 = Big(s[4], 6, 11, 25), choice = (s[4] & s[5]) ^ (~s[4] & s[6]), sigma0 = Big(s[0], 2, 13, 22), majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
            trace.WriteLimbs(BigSigma1, row, sigma1);
            trace.WriteLimbs(Choice, row, choice);
            trace.WriteLimbs(BigSigma0, row, sigma0);
            trace.WriteLimbs(Majority, row, majority);
            uint newA = Sum(trace, row, CarryA, 3, [s[7], sigma1, choice, Sha256Rounds.Constants[t], w[t], sigma0, majority]);
            uint newE = Sum(trace, row, CarryE, 3, [s[7], sigma1, choice, Sha256Rounds.Constants[t], w[t], s[3]]);
            trace.WriteLimbs(NewA, row, newA);
            trace.WriteLimbs(NewE, row, newE);
            if (t < 63) Sum(trace, row, CarryWindow, 2, [Small(w[t + 14], 17, 19, 10), w[t + 9], Small(w[t + 1], 7, 18, 3), w[t]]);
            if (t >= 60)
            {
                int word = 63 - t;
                output[word] = Sum(trace, row, CarryFirst, 1, [input[word], newA]);
                output[word + 4] = Sum(trace, row, CarrySecond, 1, [input[word + 4], newE]);
                trace.WriteBits(First, row, output[word], 32);
                trace.WriteBits(Second, row, output[word + 4], 32);
            }
            s[..7].CopyTo(s[1..]);
            (s[0], s[4]) = (newA, newE);
        }
        trace.WriteBits(First, start, input[3], 32);
        trace.WriteBits(Second, start, input[7], 32);
        for (int row = start; row < start + 64; row++)
        {
            for (int i = 0; i < 8; i++)
            {
                trace.WriteLimbs(Input + 2 * i, row, input[i]);
                trace.WriteLimbs(Output + 2 * i, row, output[i]);
            }
        }
        trace[Count, start] = TField.FromUInt64(Asked);
    }

    private static void WriteState<TField>(Trace<TField> trace, int row, ReadOnlySpan<uint> state, ReadOnlySpan<uint> window) where TField : struct, IField<TField>
    {
        for (int i = 0; i < 8; i++) WriteWord(trace, row, State(i), state[i]);
        for (int i = 0; i < 16; i++) WriteWord(trace, row, WordW(i), window[i]);
        trace.WriteLimbs(Sigma0, row, Small(window[1], 7, 18, 3));
        trace.WriteLimbs(Sigma1, row, Small(window[14], 17, 19, 10));
    }

    private static void WriteWord<TField>(Trace<TField> trace, int row, WordCells cells, uint word) where TField : struct, IField<TField>
    {
        if (cells.IsBits) trace.WriteBits(cells.Column, row, word, 32);
        else trace.WriteLimbs(cells.Column, row, word);
    }

    /// <summary>The sum, whose carries out of each limb are written as bits.</summary>
    private static uint Sum<TField>(Trace<TField> trace, int row, int carries, int bits, ReadOnlySpan<uint> summands) where TField : struct, IField<TField>
    {
        (uint low, uint high) = (0, 0);
        foreach (uint summand in summands)
        {
            low += summand & 0xFFFF;
            high += summand >> 16;
        }
        high += low >> 16;
        trace.WriteBits(carries, row, low >> 16, bits);
        trace.WriteBits(carries + bits, row, high >> 16, bits);
        return (high << 16) | (low & 0xFFFF);
    }

    private static uint Big(uint x, int r, int s, int u) => BitOperations.RotateRight(x, r) ^ BitOperations.RotateRight(x, s) ^ BitOperations.RotateRight(x, u);

    private static uint Small(uint x, int r, int s, int u) => BitOperations.RotateRight(x, r) ^ BitOperations.RotateRight(x, s) ^ (x >> u);
}
