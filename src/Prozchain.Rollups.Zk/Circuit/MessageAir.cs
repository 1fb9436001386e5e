using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Answers for the last two blocks of what is signed of a message, on <see cref="RollupBuses.MessageEnd"/>: the Keccak-256 of its payload as 11 words of 3 bytes, and zeros. A row a
/// signature. 38 columns, 4 interactions, degree 2.
/// </summary>
/// <remarks>
/// Columns: whether the row is used, how often it is asked for, the transaction, the state after three blocks, the words, the state after four, the digest. The words
/// are those of <see cref="RollupBuses.PayloadHash"/> for the transaction, so that no other payload is signed than posted; whether the words are in range is of who answers there. Rows
/// behind the used ones are zero.
/// </remarks>
/// <typeparam name="TCells">The permutation.</typeparam>
internal readonly struct MessageAir<TCells> : IAir where TCells : struct, IPermutationCells<F>
{
    private const int Used = 0, Asked = 1, Transaction = 2, Third = 3, Hash = 11, Words = 11, Fourth = 22, Digest = 30, Width = 38;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "messages", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), used = b.Local(Used);
        b.AssertBoolean(used, "used");
        b.AssertZero(Rows.Transition, (one - used) * b.Next(Used), "used rows first");
        for (int i = Asked; i < Width; i++) b.AssertZeroWhen(one - used, b.Local(i), "unused", i);
        Message<TValue> room = default;
        Span<TValue> block = room;
        for (int i = 0; i < Eight.Length; i++) (block[i], block[8 + i], block[16 + i]) = (b.Local(Third + i), b.Local(Hash + i), b.Local(Fourth + i));
        b.Send(RollupBuses.CompressN, used, block);
        for (int i = 0; i < Eight.Length; i++)
            (block[i], block[8 + i], block[16 + i]) = (b.Local(Fourth + i), i < Words - Eight.Length ? b.Local(Hash + Eight.Length + i) : b.Constant(0), b.Local(Digest + i));
        b.Send(RollupBuses.CompressM, used, block);
        block[0] = b.Local(Transaction);
        for (int i = 0; i < Eight.Length; i++) (block[1 + i], block[9 + i]) = (b.Local(Third + i), b.Local(Digest + i));
        b.Receive(RollupBuses.MessageEnd, b.Local(Asked), block[..17]);
        for (int i = 0; i < Words; i++) block[1 + i] = b.Local(Hash + i);
        b.Send(RollupBuses.PayloadHash, used, block[..(1 + Words)]);
    }

    /// <summary>The trace.</summary>
    /// <param name="messages">A row each.</param>
    /// <param name="asks">Takes the compressions that are asked for.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    public static Trace<F> Generate(ReadOnlySpan<MessageEnd> messages, CompressionAsks<TCells> asks, int leastLogRows = 0)
    {
        var trace = new Trace<F>(Width, CircuitRows.Height(messages.Length, leastLogRows));
        for (int row = 0; row < messages.Length; row++)
        {
            MessageEnd message = messages[row];
            (trace[Used, row], trace[Asked, row], trace[Transaction, row]) = (F.One, F.One, F.FromUInt32(message.Transaction));
            Eight fourth = HashWords.Ask(asks, CompressionWindow.N, message.Third, message.Payload.First);
            trace.Write(Third, row, message.Third);
            trace.Write(Hash, row, message.Payload.First);
            for (int i = Eight.Length; i < Words; i++) trace[Hash + i, row] = message.Payload.Second[i - Eight.Length];
            trace.Write(Fourth, row, fourth);
            trace.Write(Digest, row, HashWords.Ask(asks, CompressionWindow.M, fourth, message.Payload.Second));
        }
        return trace;
    }

    /// <summary>A message of the compressions.</summary>
    [InlineArray(24)]
    private struct Message<TValue>
    {
        private TValue _first;
    }
}

/// <summary>The end of what is signed of a message.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Third">The state after three blocks.</param>
/// <param name="Payload">The last two blocks: 11 words, and zeros.</param>
internal readonly record struct MessageEnd(uint Transaction, Eight Third, (Eight First, Eight Second) Payload);
