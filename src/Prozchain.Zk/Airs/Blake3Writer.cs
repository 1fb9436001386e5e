using System.Numerics;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using static Prozchain.Zk.Airs.Blake3Columns;

namespace Prozchain.Zk.Airs;

/// <summary>Writes the eight rows of a compression.</summary>
internal readonly ref struct Blake3Writer<TField>(Trace<TField> trace, int start) where TField : struct, IField<TField>
{
    public void Write(in Blake3Compression input)
    {
        if (input.Chaining.Length != 8) throw new ArgumentException($"Expected a chaining value of 8 words, got {input.Chaining.Length}.", nameof(input));
        if (input.Message.Length != 16) throw new ArgumentException($"Expected a message of 16 words, got {input.Message.Length}.", nameof(input));
        Span<uint> v = stackalloc uint[16];
        Span<uint> m = stackalloc uint[16];
        Span<uint> moved = stackalloc uint[16];
        input.Message.Span.CopyTo(m);
        input.Chaining.Span.CopyTo(v);
        for (int i = 0; i < 4; i++) v[8 + i] = Blake3Core.InitialVector[i];
        (v[12], v[13], v[14], v[15]) = ((uint)input.Counter, (uint)(input.Counter >> 32), input.Length, input.Flags);
        Span<uint> tail = [v[12], v[13], v[14], v[15]];

        for (int round = 0; round < 8; round++)
        {
            int row = start + round;
            for (int i = 0; i < 8; i++) trace.WriteLimbs(Chaining + 2 * i, row, input.Chaining.Span[i]);
            for (int i = 0; i < 4; i++) trace.WriteLimbs(Tail + 2 * i, row, tail[i]);
            for (int i = 0; i < 16; i++) trace.WriteLimbs(Message + 2 * i, row, m[i]);
            for (int i = 0; i < 4; i++)
            {
                trace.WriteBits(A + 32 * i, row, v[i], 32);
                trace.WriteBits(B + 32 * i, row, v[4 + i], 32);
                trace.WriteLimbs(C + 2 * i, row, v[8 + i]);
                trace.WriteBits(D + 32 * i, row, v[12 + i], 32);
            }
            for (int i = 0; i < 4; i++)
            {
                int to = Column + 2 * i * HalfWidth;
                Half(row, to, ref v[i], ref v[4 + i], ref v[8 + i], ref v[12 + i], m[2 * i], 16, 12);
                Half(row, to + HalfWidth, ref v[i], ref v[4 + i], ref v[8 + i], ref v[12 + i], m[2 * i + 1], 8, 7);
            }
            for (int i = 0; i < 4; i++)
            {
                ref uint b = ref v[4 + (i + 1 & 3)];
                Half(row, Diagonal + i * HalfWidth, ref v[i], ref b, ref v[8 + (i + 2 & 3)], ref v[12 + (i + 3 & 3)], m[8 + 2 * i], 16, 12);
                Half(row, -1, ref v[i], ref b, ref v[8 + (i + 2 & 3)], ref v[12 + (i + 3 & 3)], m[9 + 2 * i], 8, 7);
                trace.WriteLimbs(LastA + 2 * i, row, v[i]);
            }
            for (int i = 0; i < 16; i++) moved[i] = m[Permutation[i]];
            moved.CopyTo(m);
        }
        trace[Count, start + 7] = TField.FromUInt64(input.Asked);
    }

    /// <summary>The xor of a and c on each row, with c as the row before knows it; see <see cref="Blake3CompressionAir"/>.</summary>
    public static void WriteOutputs(Trace<TField> trace)
    {
        for (int row = 1; row < trace.Height; row++)
        {
            for (int i = 0; i < 4; i++)
            {
                uint before = trace.ReadBits(Diagonal + ((i + 2) & 3) * HalfWidth + MixedB, row - 1);
                uint after = trace.ReadBits(B + 32 * ((i + 3) & 3), row);
                trace.WriteLimbs(Output + 2 * i, row, trace.ReadBits(A + 32 * i, row) ^ before ^ BitOperations.RotateLeft(after, 7));
            }
        }
    }

    private void Half(int row, int to, ref uint a, ref uint b, ref uint c, ref uint d, uint x, int r, int s)
    {
        a = a + b + x;
        d = BitOperations.RotateRight(d ^ a, r);
        c += d;
        b = BitOperations.RotateRight(b ^ c, s);
        if (to < 0) return;
        trace.WriteLimbs(to + MixedA, row, a);
        trace.WriteBits(to + MixedD, row, d, 32);
        trace.WriteLimbs(to + MixedC, row, c);
        trace.WriteBits(to + MixedB, row, b, 32);
    }
}
