using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>A segment while it is executed, and what its tables of the state then hold.</summary>
/// <typeparam name="TCells">The permutation.</typeparam>
internal sealed class SegmentRun<TCells> where TCells : struct, IPermutationCells<F>
{
    private readonly PostedSource _batch;
    private readonly uint _accounts, _first, _end;

    /// <summary>A segment before its first transaction.</summary>
    /// <param name="number">From 1 on.</param>
    /// <param name="cut">Which part of the batch it is.</param>
    /// <param name="executed">The transactions that are executed; all rows of the segment, or none.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="chain">The rollup's number.</param>
    /// <param name="start">Accounts and effects so far.</param>
    /// <param name="state">The state at its start.</param>
    /// <param name="forced">Rows and changes that the forced items may take.</param>
    public SegmentRun(int number, in SegmentCut cut, ExecutedPart executed, PostedSource batch, uint chain, (uint Accounts, uint Exits) start, ISegmentState state, (int Rows, int Changes) forced)
    {
        (Number, Cut, _batch, _accounts) = (number, cut, batch, start.Accounts);
        (uint first, uint end) = (batch.First + (batch.IsLive ? (uint)cut.First : 0), batch.First + (batch.IsLive ? (uint)(cut.First + cut.Count) : 0));
        Acts = batch.IsLive && executed.Acts(first, end);
        (_first, _end) = executed.Of(number == 1 ? 0 : first, end);
        (int Rows, int Changes) most = Acts ? cut.Most : number == 1 ? forced : default;
        Writer = new(most, chain, (_first, start.Accounts, start.Exits), state, Asks, Asked, BatchCircuit<TCells>.LeastLogRows);
    }

    /// <summary>Whether its payments are executed, rather than read alone.</summary>
    public bool Acts { get; }

    public int Number { get; }

    public SegmentCut Cut { get; }

    /// <summary>What became of each transaction, forced ones first.</summary>
    public List<PaymentResult> Results { get; } = [];

    public TransactionWriter<TCells> Writer { get; }

    /// <summary>Counters of the 2^15 values of the range's table, so far.</summary>
    public uint[] Asked { get; } = new uint[Limbs.Radix];

    /// <summary>Compressions asked for, so far.</summary>
    public CompressionAsks<TCells> Asks { get; } = new();

    /// <summary>The signatures of what is valid, in order of numbers.</summary>
    public List<SignatureWitness> Signatures { get; } = [];

    /// <summary>What becomes of the forced items, of which only the first segment has any.</summary>
    public List<ForcedClaim> Claims { get; } = [];

    /// <summary>What leaves, in order.</summary>
    public List<BatchExit> Exits { get; } = [];

    /// <summary>The payloads of messages: of forced ones that leave, then of all that were posted.</summary>
    public List<MessagePayload> Payloads { get; } = [];

    /// <summary>Accounts and hashed keys touched, with their digests.</summary>
    public Token[] AccountTokens { get; private set; } = [];

    /// <summary>As <see cref="AccountTokens"/>.</summary>
    public Token[] CellTokens { get; private set; } = [];

    /// <summary>The tables of transactions, ledger, accounts, cells, directory, with their public values.</summary>
    public List<(SegmentTable Table, Trace<F> Trace, F[] PublicValues)> Tables { get; } = [];

    /// <summary>Executes forced items, before payments.</summary>
    /// <param name="items">Those that may do something.</param>
    public void Apply(IReadOnlyList<ForcedTransaction> items)
    {
        for (int i = (int)_first; i < Math.Min(items.Count, _end); i++)
        {
            uint exits = Writer.Now.Exits;
            Results.Add(Writer.Apply(items[i], out ForcedClaim claim));
            Claims.Add(claim);
            if (Writer.Now.Exits == exits) continue;
            (EffectKind kind, uint account, uint token, UInt128 amount, L1Address recipient) = items[i].Effect;
            Exits.Add(new((uint)i, kind, account, token, amount, recipient));
            if (kind == EffectKind.Message) Payloads.Add(new((uint)i, 0, items[i].Payload));
        }
    }

    /// <summary>Executes its payments: false if a valid one lacks a signature that it owes.</summary>
    public bool TryApply(IReadOnlyList<SignatureInput> signatures)
    {
        if (!_batch.IsLive) return true;
        for (int row = Cut.First; row < Cut.First + Cut.Count && !Acts; row++)
            if (_batch.Fields[row].Kind == 2) Payloads.Add(new(_batch.First + (uint)row, 0, _batch.BytesOf(row, RowField.Payload)));
        if (!Acts) return true;
        CarriedFields carried = Cut.Carried;
        for (int row = Cut.First; row < Cut.First + Cut.Count; row++)
        {
            carried = carried.Behind(_batch.Fields[row]);
            SignatureInput signed = signatures[row];
            ReadOnlyMemory<byte> payload = _batch.BytesOf(row, RowField.Payload);
            PostedPayment payment = carried.Payment(_batch.Fields[row], _batch.Exponent) with
            {
                Randomness = (SignatureWitness.RandomnessOf(signed.Sender.Span), SignatureWitness.RandomnessOf(signed.Sponsor.Span)),
                Payload = _batch.Fields[row].Kind == 2 ? PostedFieldReader.PayloadBlocks(payload.Span) : default,
            };
            (int from, uint exits, int messages, uint transaction) = (Writer.Rows, Writer.Now.Exits, Writer.Messages.Count, _batch.First + (uint)row);
            Results.Add(Writer.Apply(payment));
            for (int at = from; at < Writer.Rows; at++)
                if (!TrySign(at, signed)) return false;
            if (payment.Kind == 2) Payloads.Add(new(transaction, (byte)(Writer.Messages.Count - messages), payload));
            if (Writer.Now.Exits == exits) continue;
            var recipient = new L1Address(_batch.BytesOf(row, RowField.Settlement).Span);
            Exits.Add(payment.Kind == 2 ? new(transaction, EffectKind.Message, payment.Sender, 0, 0, recipient) : new(transaction, EffectKind.Withdrawal, payment.Sender, payment.Token, payment.Amount, recipient));
        }
        return true;
    }

    /// <summary>Makes the tables of the state, once all segments are executed, and gives each token the segment that left it.</summary>
    public void Finish(TokenWays ways)
    {
        TouchedAccount[] accounts = Writer.Accounts();
        const int Least = BatchCircuit<TCells>.LeastLogRows;
        AccountTokens = new Token[accounts.Length];
        Trace<F> accountTrace = AccountWriter<TCells>.Generate(accounts, 1, AccountTokens, Asked, Least);
        for (int i = 0; i < accounts.Length; i++) AccountTokens[i] = AccountTokens[i] with { Key = Eight.Of(F.FromUInt32(accounts[i].Cell.Name.A)) };
        LedgerCell[] hashed = [.. Writer.Book.Cells.Where(cell => cell.Name.IsHashed)];
        CellWriter<TCells> cells = new(1 + hashed.Length, Asks, Least);
        List<Token> tokens = [cells.WriteCount(_accounts, Writer.Now.Accounts, Asked)];
        foreach (LedgerCell cell in hashed) tokens.Add(cells.Write(cell, Asked));
        var entries = new Token[Writer.Entries.Length];
        Trace<F> directory = DirectoryWriter<TCells>.Generate(Writer.Entries, entries, Asks, Asked, Least);
        CellTokens = [.. tokens, .. entries];
        ways.Pass((uint)Number, AccountTokens, CellTokens);
        Tables.Add((SegmentTable.Transactions, Writer.Trace, Writer.Finish()));
        Tables.Add((SegmentTable.Ledger, Writer.Book.Trace, []));
        Tables.Add((SegmentTable.Accounts, accountTrace, []));
        Tables.Add((SegmentTable.Cells, cells.Trace, [F.FromUInt32(_accounts), F.FromUInt32(Writer.Now.Accounts)]));
        Tables.Add((SegmentTable.Directory, directory, []));
    }

    // The signature of a row, if it is one that signs.
    private bool TrySign(int row, in SignatureInput signed)
    {
        Trace<F> trace = Writer.Trace;
        uint transaction = trace[TransactionColumns.Transaction, row].ToUInt32();
        bool isSponsor = trace[TransactionColumns.IsSponsorFee, row] == F.One;
        if (!isSponsor && trace[TransactionColumns.IsValid, row] == F.Zero) return true;
        ReadOnlySpan<byte> signature = (isSponsor ? signed.Sponsor : signed.Sender).Span;
        if (!HashSignature.TryReadIndex(signature, out uint index) || index >= HashSignature.Capacity(HashSignature.HeightOf(signature)) || F.FromUInt32(index + 1) != trace[TransactionColumns.Index0, row]) return false;
        Span<byte> key = stackalloc byte[HashSignature.KeySize];
        key[0] = HashSignature.Scheme;
        for (int i = 0; i < Eight.Length; i++) trace[TransactionColumns.SignerKey + i, row].Write(key[(1 + sizeof(uint) * i)..]);
        if (!SignatureWitness.TryRead<TCells>(2 * transaction + (isSponsor ? 1u : 0), trace.Cells(TransactionColumns.Digest, Eight.Length, row), key, signature, out SignatureWitness? witness)) return false;
        Signatures.Add(witness!);
        return true;
    }
}
