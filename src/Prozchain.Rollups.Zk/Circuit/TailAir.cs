using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Keys and settlement recipients of posted rows as words, a row each: from <see cref="RollupBuses.Field"/> to <see cref="RollupBuses.Tail"/>. 41 columns, 29 interactions,
/// degree 2.
/// </summary>
/// <remarks>
/// Columns: whether the row is a recipient's key, a new key or a settlement recipient; the transaction; of 8 parts, or of 5, the limbs as they are told: bytes 0 and 1, byte 2, byte
/// 3; of 5 parts, byte 1; the words. A key's words are its parts; a settlement recipient's are its bytes three by three, for which the first limb of a part is cut into two bytes, both
/// asked for in range. Parts count down to 0. Rows behind the used ones are zero.
/// </remarks>
internal readonly struct TailAir : IAir
{
    private const int IsRecipient = 0, IsNewKey = 1, IsSettlement = 2, Transaction = 3, Limb = 4, Parts = 8, ShortParts = 5, High = Limb + 3 * Parts, Word = High + ShortParts, Width = Word + Eight.Length;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "tails", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), key = b.Local(IsRecipient) + b.Local(IsNewKey), settlement = b.Local(IsSettlement), used = key + settlement;
        for (int i = IsRecipient; i <= IsSettlement; i++) b.AssertBoolean(b.Local(i), "kind", i);
        b.AssertBoolean(used, "used");
        b.AssertZero(Rows.Transition, (one - used) * (b.Next(IsRecipient) + b.Next(IsNewKey) + b.Next(IsSettlement)), "used rows first");
        for (int i = Transaction; i < Width; i++) b.AssertZeroWhen(one - used, b.Local(i), "unused", i);
        for (int i = Limb + 3 * ShortParts; i < High; i++) b.AssertZeroWhen(settlement, b.Local(i), "short", i);
        TValue field = b.Constant((ulong)RowField.Recipient) * b.Local(IsRecipient) + b.Constant((ulong)RowField.NewKey) * b.Local(IsNewKey) + b.Constant((ulong)RowField.Settlement) * settlement;
        TValue part = b.Constant(Parts - 1) * key + b.Constant(ShortParts - 1) * settlement;
        InlineBytes<TValue> bytes = default;
        for (int i = 0; i < 3 * Eight.Length; i++) bytes[i] = b.Constant(0);
        for (int i = 0; i < Parts; i++, part -= used)
        {
            int at = Limb + 3 * i;
            b.Receive(RollupBuses.Field, i < ShortParts ? used : key, [b.Local(Transaction), field, part, b.Local(at), b.Local(at + 1), b.Local(at + 2)], bound: 1);
            if (i >= ShortParts) continue;
            TValue high = b.Local(High + i), low = b.Local(at) - b.Constant(1 << 8) * high;
            b.AssertZeroWhen(key, high, "key is not cut", i);
            (bytes[4 * i], bytes[4 * i + 1], bytes[4 * i + 2], bytes[4 * i + 3]) = (low, high, b.Local(at + 1), b.Local(at + 2));
            foreach (TValue cut in (ReadOnlySpan<TValue>)[low, high])
            {
                b.Send(Buses.Range(Limbs.Bits), settlement, [cut]);
                b.Send(Buses.Range(Limbs.Bits), settlement, [b.Constant(1 << 7) * cut]);
            }
        }
        InlineTail<TValue> message = default;
        message[0] = b.Local(Transaction);
        for (int i = 0; i < Eight.Length; i++)
        {
            TValue word = message[1 + i] = b.Local(Word + i), three = bytes[3 * i] + b.Constant(1 << 8) * bytes[3 * i + 1] + b.Constant(1 << 16) * bytes[3 * i + 2];
            TValue four = b.Local(Limb + 3 * i) + b.Constant(1 << 16) * b.Local(Limb + 3 * i + 1) + b.Constant(1 << 24) * b.Local(Limb + 3 * i + 2);
            b.AssertZero(key * (word - four) + settlement * (word - three), "word", i);
        }
        b.Send(RollupBuses.Tail, used, message);
    }

    /// <summary>The trace.</summary>
    /// <param name="tails">A row each.</param>
    /// <param name="asked">Counters of the 2^15 values of the range's table.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    public static Trace<F> Generate(ReadOnlySpan<PostedTail> tails, Span<uint> asked, int leastLogRows = 0)
    {
        var trace = new Trace<F>(Width, CircuitRows.Height(tails.Length, leastLogRows));
        for (int row = 0; row < tails.Length; row++)
        {
            PostedTail tail = tails[row];
            ReadOnlySpan<byte> bytes = tail.Bytes.Span;
            bool isSettlement = tail.Field == RowField.Settlement;
            if (bytes.Length != 4 * (isSettlement ? ShortParts : Parts)) throw new ArgumentException($"Expected {4 * (isSettlement ? ShortParts : Parts)} bytes, got {bytes.Length}.", nameof(tails));
            trace[isSettlement ? IsSettlement : tail.Field == RowField.NewKey ? IsNewKey : IsRecipient, row] = F.One;
            trace[Transaction, row] = F.FromUInt32(tail.Transaction);
            for (int i = 0; 4 * i < bytes.Length; i++)
            {
                ReadOnlySpan<byte> part = bytes[(4 * i)..];
                (trace[Limb + 3 * i, row], trace[Limb + 3 * i + 1, row], trace[Limb + 3 * i + 2, row]) = (F.FromUInt32((uint)(part[0] | part[1] << 8)), F.FromUInt32(part[2]), F.FromUInt32(part[3]));
                if (!isSettlement) continue;
                trace[High + i, row] = F.FromUInt32(part[1]);
                foreach (byte cut in part[..2])
                {
                    asked[cut]++;
                    asked[cut << 7]++;
                }
            }
            int size = isSettlement ? 3 : 4;
            for (int i = 0; i < bytes.Length; i++) trace[Word + i / size, row] += F.FromUInt32((uint)bytes[i] << (8 * (i % size)));
        }
        return trace;
    }

    /// <summary>The bytes of a settlement recipient, and zeros up to 24.</summary>
    [System.Runtime.CompilerServices.InlineArray(3 * Eight.Length)]
    private struct InlineBytes<TValue>
    {
        private TValue _first;
    }

    /// <summary>A message of <see cref="RollupBuses.Tail"/>.</summary>
    [System.Runtime.CompilerServices.InlineArray(1 + Eight.Length)]
    private struct InlineTail<TValue>
    {
        private TValue _first;
    }
}

/// <summary>A key or settlement recipient as it was posted.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Field"><see cref="RowField.Recipient"/>, <see cref="RowField.NewKey"/> or <see cref="RowField.Settlement"/>.</param>
/// <param name="Bytes">32 bytes of a key, 20 of a settlement recipient.</param>
internal readonly record struct PostedTail(uint Transaction, RowField Field, ReadOnlyMemory<byte> Bytes);
