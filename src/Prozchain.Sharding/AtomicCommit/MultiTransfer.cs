using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>
/// The program that moves value between accounts of any shards, all moves or none: swaps, escrow-free payments of many
/// to many. Accounts are cells of 16 bytes (<see cref="Account"/>); an absent one is empty. Whoever pays must be among the
/// signers. Input: count (varint, at most 64), then per move payer (32), payee (32), amount (8, little-endian).
/// </summary>
public sealed class MultiTransfer : IAtomicProgram
{
    /// <summary>The most moves of one transaction.</summary>
    public const int MaxMoves = 64;

    /// <summary>Encodes moves as the program's input.</summary>
    /// <param name="moves">1 to 64 moves, done in their order.</param>
    /// <exception cref="ArgumentException">Another count.</exception>
    public static byte[] Encode(params ReadOnlySpan<Move> moves)
    {
        if (moves.Length is < 1 or > MaxMoves) throw new ArgumentException($"Expected 1 to {MaxMoves} moves, got {moves.Length}.", nameof(moves));
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)moves.Length);
        foreach (Move move in moves)
        {
            writer.WriteBytes32(move.Payer.Bytes);
            writer.WriteBytes32(move.Payee.Bytes);
            writer.WriteUInt64(move.Amount);
        }
        return output.WrittenSpan.ToArray();
    }

    /// <inheritdoc/>
    public bool Execute(AtomicTransaction transaction, ProvidedCells cells)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(cells);
        var reader = new WireReader(transaction.Payload.Span);
        if (!reader.TryReadCount(MaxMoves, out int count) || count == 0) return false;
        for (; count > 0; count--)
        {
            if (!(reader.TryReadBytes32(out Bytes32 payer) && reader.TryReadBytes32(out Bytes32 payee) && reader.TryReadUInt64(out ulong amount))) return false;
            if (!HasSigned(transaction, payer) || !TryMove(cells, new Digest(payer), new Digest(payee), amount)) return false;
        }
        return reader.IsAtEnd;
    }

    private static bool HasSigned(AtomicTransaction transaction, in Bytes32 payer)
    {
        foreach (ReadOnlyMemory<byte> key in transaction.Signers)
        {
            if (Domains.Address.Hash(key.Span).Equals(payer)) return true;
        }
        return false;
    }

    private static bool TryMove(ProvidedCells cells, in Digest payer, in Digest payee, ulong amount)
    {
        if (!TryGet(cells, payer, out Account source) || source.Balance < amount) return false;
        if (payer == payee) return true;
        if (!TryGet(cells, payee, out Account to) || amount > ulong.MaxValue - to.Balance) return false;
        return TrySet(cells, payer, source with { Balance = source.Balance - amount }) && TrySet(cells, payee, to with { Balance = to.Balance + amount });
    }

    private static bool TryGet(ProvidedCells cells, in Digest key, out Account account)
    {
        account = default;
        CellStatus status = cells.Read(key, out ReadOnlySpan<byte> value);
        if (status == CellStatus.Present && value.Length == Account.Size) account = Account.Read(value);
        return status == CellStatus.Absent || (status == CellStatus.Present && value.Length == Account.Size);
    }

    private static bool TrySet(ProvidedCells cells, in Digest key, Account account)
    {
        Span<byte> value = stackalloc byte[Account.Size];
        account.WriteTo(value);
        return cells.Write(key, value) == CellStatus.Present;
    }

    /// <summary>One move of value.</summary>
    /// <param name="Payer">Digest of the payer's address.</param>
    /// <param name="Payee">Digest of the payee's address.</param>
    /// <param name="Amount">How much.</param>
    public readonly record struct Move(Digest Payer, Digest Payee, ulong Amount);
}
