using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>A state of accounts, balances, supplies and directory, and segments of random transactions over it.</summary>
internal sealed class SegmentWorld
{
    private const uint Tokens = 3;

    private readonly SeededRandom _random;
    private readonly List<(Eight Key, CellState State)> _accounts = [];
    private readonly Dictionary<CellName, CellState> _cells = [];
    private readonly Dictionary<Eight, uint> _directory = [];
    private readonly List<Eight> _names = [];
    private readonly SortedDictionary<uint, Left> _leftAccounts = [];
    private readonly Dictionary<Eight, Left> _leftCells = [];
    private SegmentRun? _run;

    public SegmentWorld(ulong seed, int accounts, CellState? first = null)
    {
        _random = new(seed);
        for (int i = 0; i < accounts; i++)
        {
            Eight key = RandomKey();
            CellState state = new(_random.NextUInt64(1ul << 60), _random.NextUInt64(1ul << 60), (uint)_random.Next(1000));
            _accounts.Add((key, i == 0 && first is { } given ? given : state));
            _directory.Add(key, (uint)i);
            _names.Add(key);
        }
        for (uint token = 0; token < Tokens; token++) _cells.Add(CellName.Supply(token), new((UInt128)1 << 100, Version: 1));
    }

    public Eight RandomKey()
    {
        Eight key = default;
        // Some words of a key are the largest there are.
        for (int i = 0; i < Eight.Length; i++) key[i] = _random.Next(8) == 0 ? -F.One : F.FromUInt64(_random.NextUInt64(KoalaBear.Modulus));
        return key;
    }

    /// <summary>Runs a segment of random transactions among the first accounts.</summary>
    public SegmentTables Run(uint segment, int transactions, int accounts, int leastLogRows = 0)
    {
        Begin(transactions, leastLogRows);
        for (int i = 0; i < transactions; i++)
        {
            Transact((uint)_random.Next(Math.Min(accounts, _accounts.Count)), (uint)_random.Next(Math.Min(accounts, _accounts.Count)));
            Next();
        }
        return End(segment);
    }

    public void Begin(int transactions, int leastLogRows = 0) => _run = new(transactions, (uint)_accounts.Count, leastLogRows);

    public void Next() => _run!.Row++;

    /// <summary>One change by the row at hand; those of a signer ask for its key.</summary>
    public LedgerAnswer Change(uint slot, CellName cell, LedgerMode mode, UInt128 amount, LedgerSigner signer = LedgerSigner.None, uint skip = 0)
    {
        SegmentRun run = _run!;
        if (!run.Book.IsOpen(cell)) run.Book.Open(cell, cell.IsHashed ? _cells.GetValueOrDefault(cell) : _accounts[(int)cell.A].State with { Version = 0 });
        CellState before = run.Book[cell];
        LedgerChange change = new(4 * run.Row + slot + 1, cell, mode, amount, signer, signer == LedgerSigner.None ? 0 : before.Next + 1 + skip);
        LedgerAnswer answer = run.Book.Apply(change, run.Asked);
        if (signer != LedgerSigner.None) run.AskIdentity(cell.A, answer.Version, _accounts[(int)cell.A].Key);
        run.Outside.Add(Message(change, answer));
        if (cell.IsHashed) _cells[cell] = run.Book[cell];
        else _accounts[(int)cell.A] = (_accounts[(int)cell.A].Key, run.Book[cell]);
        run.Changes++;
        run.Last = mode;
        return answer;
    }

    /// <summary>What the transactions' table says of a change.</summary>
    public static OutsideMessage Message(in LedgerChange change, in LedgerAnswer answer)
    {
        uint mode = (uint)change.Mode + (change.Signer switch { LedgerSigner.None => 0u, LedgerSigner.Sponsor => 8, LedgerSigner.Sender => 24, _ => 56 });
        F[] message = [.. new[] { change.Time, change.Cell.IsHashed ? 1u : 0, change.Cell.A, change.Cell.B, mode }.Select(F.FromUInt32), .. new F[13]];
        for (int i = 0; i < Limbs.Count; i++) message[5 + i] = F.FromUInt32(Limbs.Of(change.Amount, i));
        (message[13], message[14]) = (F.FromUInt32((uint)(answer.Nonce % Limbs.NonceRadix)), F.FromUInt32((uint)(answer.Nonce / Limbs.NonceRadix)));
        (message[15], message[16], message[17]) = (F.FromUInt32(answer.Index), F.FromUInt32(answer.Skipped), F.FromUInt32(answer.Version));
        return new(RollupBuses.Change, BusDirection.Send, 1, message);
    }

    /// <summary>Makes an account for a key, which gets an amount.</summary>
    public uint Create(uint slot, in Eight key, UInt128 amount)
    {
        SegmentRun run = _run!;
        uint number = (uint)_accounts.Count;
        _accounts.Add((key, default));
        _directory.Add(key, number);
        _names.Add(key);
        run.New.Add(number);
        run.Outside.Add(new(RollupBuses.Created, BusDirection.Send, 1, [F.FromUInt32(number), .. key.ToArray()]));
        Find(key);
        Change(slot, CellName.Account(number), LedgerMode.Credit, amount);
        return number;
    }

    public uint Find(in Eight key)
    {
        uint number = _directory[key];
        SegmentRun run = _run!;
        run.Named[key] = run.Named.GetValueOrDefault(key) + 1;
        run.Outside.Add(new(RollupBuses.Directory, BusDirection.Send, 1, [F.FromUInt32(number), run.New.Contains(number) ? F.One : F.Zero, .. key.ToArray()]));
        return number;
    }

    /// <summary>A new key for an account by a transaction that it signs in slot 0.</summary>
    public void Rotate(uint number, UInt128 fee)
    {
        Eight old = _accounts[(int)number].Key, key = RandomKey();
        _run!.KeysBefore.TryAdd(number, old);
        Change(0, CellName.Account(number), LedgerMode.Debit, fee, LedgerSigner.Rotation);
        _accounts[(int)number] = (key, _accounts[(int)number].State);
        _run.Rotations[(number, _accounts[(int)number].State.Version)] = (key, 0);
    }

    public UInt128 Balance(CellName cell) => cell.IsHashed ? _cells.GetValueOrDefault(cell).Value : _accounts[(int)cell.A].State.Value;

    private void Transact(uint sender, uint recipient)
    {
        UInt128 fee = (UInt128)_random.Next(3) * 1000, amount = _random.Next(5) == 0 ? _random.NextUInt64() : _random.NextUInt64(1 << 20);
        CellName payer = CellName.Account(sender);
        int kind = _random.Next(12);
        if (Balance(payer) < fee)
        {
            // Nobody pays for this one: it is shown that the sender cannot.
            Change(0, payer, LedgerMode.Short, fee);
            return;
        }
        uint skip = _random.Next(50) == 0 ? 40_000u : (uint)_random.Next(2);
        bool isSponsored = kind == 1 && sender != recipient && Balance(CellName.Account(recipient)) >= fee;
        if (kind == 0) Rotate(sender, fee);
        else Change(0, payer, LedgerMode.Debit, isSponsored ? 0 : fee, LedgerSigner.Sender, skip);
        if (isSponsored) Change(1, CellName.Account(recipient), LedgerMode.Debit, fee, LedgerSigner.Sponsor, skip);
        else Work(kind, sender, recipient, amount);
        if (fee != 0) Change(3, CellName.Account(0), LedgerMode.Credit, fee);
    }

    private void Work(int kind, uint sender, uint recipient, UInt128 amount)
    {
        uint token = kind is 5 or 7 ? 0 : (uint)_random.Next((int)Tokens);
        CellName from = CellName.Balance(sender, token), supply = CellName.Supply(token);
        if (kind == 2) Change(1, supply, LedgerMode.Credit, amount);
        else if (kind == 3) Change(1, supply, LedgerMode.Over, Limbs.Limit - 1 - amount);
        else if (kind == 4) Change(1, from, LedgerMode.Read, Balance(from));
        else if (Balance(from) < amount) Change(1, from, LedgerMode.Short, amount);
        else Change(1, from, LedgerMode.Debit, amount);
        if (kind is 3 or 4 || kind != 2 && _run!.Last == LedgerMode.Short) return;
        if (kind == 5) Create(2, RandomKey(), amount);
        else if (kind == 6) Change(2, supply, LedgerMode.Debit, amount);
        else Change(2, CellName.Balance(kind == 7 ? Find(_names[_random.Next(_names.Count)]) : recipient, token), LedgerMode.Credit, amount);
    }

    public SegmentTables End(uint segment)
    {
        SegmentRun run = _run!;
        LedgerCell[] records = [.. run.Book.Cells.Where(cell => !cell.Name.IsHashed)], hashed = [.. run.Book.Cells.Where(cell => cell.Name.IsHashed)];
        TouchedAccount[] accounts = [.. records.Select(cell => Touched(run, cell))];
        var tokens = new Token[accounts.Length];
        Trace<F> accountTrace = AccountWriter<Poseidon2Cells<KoalaBear>>.Generate(accounts, SegmentTables.Lanes, tokens, run.Asked, run.LeastLogRows);
        for (int i = 0; i < tokens.Length; i++) tokens[i] = Leave(_leftAccounts, records[i].Name.A, segment, tokens[i] with { Key = Eight.Of(F.FromUInt32(records[i].Name.A)) });

        CompressionAsks<Poseidon2Cells<KoalaBear>> asks = new();
        CellWriter<Poseidon2Cells<KoalaBear>> cells = new(1 + hashed.Length, asks, run.LeastLogRows);
        List<Token> cellTokens = [cells.WriteCount(run.CountBefore, (uint)_accounts.Count, run.Asked)];
        foreach (LedgerCell cell in hashed) cellTokens.Add(cells.Write(cell, run.Asked));
        DirectoryEntry[] entries = [.. run.Named.Select(item => (item.Key, Number: _directory[item.Key], Asked: item.Value))
            .Select(item => new DirectoryEntry(item.Key, item.Number, run.New.Contains(item.Number), item.Asked))];
        var entryTokens = new Token[entries.Length];
        Trace<F> directory = DirectoryWriter<Poseidon2Cells<KoalaBear>>.Generate(entries, entryTokens, asks, run.Asked, run.LeastLogRows);
        Token[] allCells = [.. cellTokens.Concat(entryTokens).Select(token => Leave(_leftCells, token.Key, segment, token))];
        foreach (((uint number, uint version), (Eight key, uint count)) in run.Rotations)
            run.Outside.Add(new(RollupBuses.Identity, BusDirection.Receive, count, [F.FromUInt32(number), F.FromUInt32(version), .. key.ToArray()]));
        return new()
        {
            Segment = segment, CountBefore = run.CountBefore, CountAfter = (uint)_accounts.Count, Book = run.Book, Accounts = accountTrace,
            Cells = cells.Trace, Directory = directory, AccountTokens = tokens, CellTokens = allCells, Outside = run.Outside, Asked = run.Asked, Asks = asks,
            Used = (run.Changes, (accounts.Length + SegmentTables.Lanes - 1) / SegmentTables.Lanes, 1 + hashed.Length, entries.Length), LeastLogRows = run.LeastLogRows,
        };
    }

    /// <summary>The tree's side of all segments so far: its tables and what their leaves say.</summary>
    public (Token[] Accounts, Token[] Cells, List<OutsideMessage> Outside) Tree()
    {
        Token[] accounts = [.. _leftAccounts.Select(item => new Token(Eight.Of(F.FromUInt32(item.Key)), item.Value.Segment, item.Value.First, item.Value.Last))];
        Token[] cells = [.. _leftCells.Select(item => new Token(item.Key, item.Value.Segment, item.Value.First, item.Value.Last))];
        return (accounts, cells, [.. accounts.Select(token => Said(RollupBuses.AccountToken, token, 1)), .. cells.Select(token => Said(RollupBuses.CellToken, token, 8))]);
    }

    /// <summary>What leaves say of a token.</summary>
    public static OutsideMessage Said(Bus bus, Token token, int key) =>
        new(bus, BusDirection.Send, 1, [.. token.Key.ToArray()[..key], .. token.Before.ToArray(), .. token.After.ToArray()]);

    private TouchedAccount Touched(SegmentRun run, LedgerCell cell)
    {
        uint number = cell.Name.A, version = cell.End.Version;
        Eight after = _accounts[(int)number].Key;
        run.AskIdentity(number, version, after, isInside: true);
        return new(cell, run.New.Contains(number), run.KeysBefore.TryGetValue(number, out Eight before) ? before : after, after, run.Asks.GetValueOrDefault(number));
    }

    private static Token Leave<TKey>(IDictionary<TKey, Left> left, TKey key, uint segment, Token token) where TKey : notnull
    {
        bool isKnown = left.TryGetValue(key, out Left? last);
        if (isKnown) Assert.Equal(last!.Last, token.Before);
        left[key] = new(segment, isKnown ? last!.First : token.Before, token.After);
        return token with { Segment = isKnown ? last!.Segment : 0 };
    }

    private sealed record Left(uint Segment, Eight First, Eight Last);

    private sealed class SegmentRun(int transactions, uint count, int leastLogRows)
    {
        public readonly LedgerWriter Book = new(4 * transactions, leastLogRows);
        public readonly uint[] Asked = new uint[1 << 15];
        public readonly List<OutsideMessage> Outside = [];
        public readonly HashSet<uint> New = [];
        public readonly Dictionary<Eight, uint> Named = [];
        public readonly Dictionary<uint, Eight> KeysBefore = [];
        public readonly Dictionary<uint, uint> Asks = [];
        public readonly Dictionary<(uint Number, uint Version), (Eight Key, uint Asked)> Rotations = [];
        public readonly uint CountBefore = count;
        public readonly int LeastLogRows = leastLogRows;
        public uint Row;
        public int Changes;
        public LedgerMode Last;

        public void AskIdentity(uint number, uint version, Eight key, bool isInside = false)
        {
            if (version == 0) Asks[number] = Asks.GetValueOrDefault(number) + 1;
            else Rotations[(number, version)] = Rotations[(number, version)] with { Asked = Rotations[(number, version)].Asked + 1 };
            if (!isInside) Outside.Add(new(RollupBuses.Identity, BusDirection.Send, 1, [F.FromUInt32(number), F.FromUInt32(version), .. key.ToArray()]));
        }
    }
}
