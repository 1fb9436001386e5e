using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.AccountColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>An account that a segment touches.</summary>
/// <param name="Cell">Its cell over the segment, of <see cref="CellName.Account"/>.</param>
/// <param name="IsNew">Whether the segment made it: then the cell starts from nothing.</param>
/// <param name="KeyBefore">Its key at the start, or the key that it was made for.</param>
/// <param name="KeyAfter">Its key at the end.</param>
/// <param name="Asked">How often the key before is asked for with version 0 on <see cref="RollupBuses.Identity"/>, by this row too if there was no rotation.</param>
internal readonly record struct TouchedAccount(LedgerCell Cell, bool IsNew, Eight KeyBefore, Eight KeyAfter, uint Asked);

/// <summary>Writes the trace of <see cref="AccountAir{TCells}"/>.</summary>
internal static class AccountWriter<TCells> where TCells : struct, IPermutationCells<F>
{
    private const int States = 16, Width = 16;

    /// <param name="accounts">The accounts; account i lies in lane i mod lanes of row i / lanes.</param>
    /// <param name="lanes">Of the AIR.</param>
    /// <param name="tokens">Takes, for each account, its digests before and after; key and segment stay.</param>
    /// <param name="asked">Counters of the 2^15 values of the range's table.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    public static Trace<F> Generate(ReadOnlySpan<TouchedAccount> accounts, int lanes, Span<Token> tokens, Span<uint> asked, int leastLogRows = 0)
    {
        if (tokens.Length != accounts.Length) throw new ArgumentException($"Expected {accounts.Length} tokens, got {tokens.Length}.", nameof(tokens));
        int stride = Stride<TCells>();
        var trace = new Trace<F>(lanes * stride, CircuitRows.Height((accounts.Length + lanes - 1) / lanes, leastLogRows));
        for (int i = 0; i < accounts.Length; i++) Write(trace, i % lanes * stride, i / lanes, accounts[i], asked);
        for (int row = 0; row < trace.Height; row += States)
        {
            for (int lane = 0; lane < lanes; lane++) Hash(trace, lane * stride, row, lanes, lane, accounts, tokens);
        }
        return trace;
    }

    private static void Write(Trace<F> trace, int at, int row, in TouchedAccount account, Span<uint> asked)
    {
        (LedgerCell cell, CellState start, CellState end) = (account.Cell, account.Cell.Start, account.Cell.End);
        (trace[at + Used, row], trace[at + IsNew, row], trace[at + Number, row]) = (F.One, account.IsNew ? F.One : F.Zero, F.FromUInt32(cell.Name.A));
        for (int i = 0; i < Eight.Length; i++) (trace[at + KeyBefore + i, row], trace[at + KeyAfter + i, row]) = (account.KeyBefore[i], account.KeyAfter[i]);
        trace.WriteNonce(at + NonceBefore, row, start.Nonce);
        trace.WriteNonce(at + NonceAfter, row, end.Nonce);
        (trace[at + NextBefore, row], trace[at + NextAfter, row]) = (F.FromUInt32(start.Next), F.FromUInt32(end.Next));
        trace.WriteLimbs(at + BalanceBefore, row, start.Value);
        trace.WriteLimbs(at + BalanceAfter, row, end.Value);
        (trace[at + LastTime, row], trace[at + LastVersion, row], trace[at + Asked, row]) =
            (F.FromUInt32(cell.LastTime), F.FromUInt32(end.Version), F.FromUInt32(account.Asked));
        Limbs.Ask(start.Value, asked);
    }

    private static void Hash(Trace<F> trace, int at, int row, int lanes, int lane, ReadOnlySpan<TouchedAccount> accounts, Span<Token> tokens)
    {
        Span<F> before = stackalloc F[States * Width], after = stackalloc F[States * Width];
        int rows = Math.Min(States, trace.Height - row);
        Digest(trace, at, row, rows, KeyBefore, NonceBefore, NextBefore, BalanceBefore, at + Permutations, before);
        Digest(trace, at, row, rows, KeyAfter, NonceAfter, NextAfter, BalanceAfter, at + After<TCells>(), after);
        for (int r = 0; r < rows && (row + r) * lanes + lane is int account && account < accounts.Length; r++)
        {
            (Eight start, Eight end) = (default, default);
            for (int i = 0; i < Outputs; i++)
            {
                if (!accounts[account].IsNew) start[i] = trace[at + Start + i, row + r] = before[States * i + r];
                end[i] = after[States * i + r];
            }
            tokens[account] = tokens[account] with { Before = start, After = end };
        }
    }

    // Leaves the digests in the first of the tile.
    private static void Digest(Trace<F> trace, int at, int row, int rows, int key, int nonce, int next, int balance, int permutation, Span<F> tile)
    {
        Span<F> input = stackalloc F[States * Width];
        input.Clear();
        F radix = F.FromUInt32(Limbs.Radix);
        for (int r = 0; r < rows; r++)
        {
            input[r] = trace[at + Number, row + r];
            for (int i = 0; i < Eight.Length; i++) input[States * (1 + i) + r] = trace[at + key + i, row + r];
            (input[States * 9 + r], input[States * 10 + r], input[States * 11 + r]) = (trace[at + nonce, row + r], trace[at + nonce + 1, row + r], trace[at + next, row + r]);
            for (int i = 0; i < 4; i++) input[States * (12 + i) + r] = trace[at + balance + 2 * i, row + r] + radix * trace[at + balance + 2 * i + 1, row + r];
        }
        input.CopyTo(tile);
        TCells.Fill(trace, permutation, row, rows, FirstOutput, Outputs, tile);
        for (int i = 0; i < States * Outputs; i++) tile[i] = tile[States * FirstOutput + i] + input[States * FirstOutput + i];
    }
}
