using System.Buffers.Binary;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Rollups.Zk.Tests.Signatures;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>A numbered rollup whose payments are applied natively and, at the same time, written as tables.</summary>
internal sealed partial class TransactionWorld : ISegmentState
{
    public const uint Chain = 77;

    private static readonly BatchContext s_context = new(Chain, 1, 1, 0);
    private readonly SeededRandom _random;
    private readonly Payments<Tree> _native = new(Rules, new HashVerifier<Permutation>());
    private readonly StateStore<Tree> _now = new(), _start = new();
    private readonly EffectLog _effects = new();
    private readonly List<Eight> _keys = [];
    private readonly List<OutsideMessage> _outside = [];
    private readonly CompressionAsks<Poseidon2Cells<KoalaBear>> _asks = new();
    private readonly uint[] _asked = new uint[1 << 15];
    private readonly TransactionWriter<Poseidon2Cells<KoalaBear>> _writer;
    private readonly uint _accounts;

    public TransactionWorld(ulong seed, int accounts, int payments)
    {
        _random = new(seed);
        byte[] first = Key();
        foreach (StateStore<Tree> store in new[] { _now, _start }) NumberedGenesis.Write<Tree>(store, first);
        _effects.Begin(s_context);
        for (int i = 1; i < accounts; i++) Deposit(AccountAddress.FromPublicKey(Key()), 0, _random.NextUInt64(1 << 30));
        for (int i = 0; i < 2 * accounts; i++) Deposit(AccountAddress.FromNumber((uint)_random.Next(accounts)), (uint)_random.Next(3), _random.NextUInt64(1 << 24));
        _accounts = (uint)accounts;
        _writer = new((2 * payments, 6 * payments), Chain, (5, _accounts, 3), this, _asks, _asked);
    }

    public Dictionary<PaymentResult, int> Results { get; } = [];

    public CellState Cell(CellName cell)
    {
        if (cell.IsHashed) return _start.Read(KeyOf(cell), out ReadOnlySpan<byte> amount) == StateReadStatus.Found ? new(BinaryPrimitives.ReadUInt128LittleEndian(amount), Version: 1) : default;
        PaymentAccount account = Account(_start, cell.A);
        return new(account.Balance, account.Nonce, account.NextKey);
    }

    public Eight Key(uint number) => Words(Account(_start, number).KeyDigest.Span);

    public bool TryFind(in Eight key, out uint number)
    {
        bool isFound = _start.Read(PaymentKeys.Account<Tree>(AccountAddress.FromPublicKey([3, .. Bytes(key)])), out ReadOnlySpan<byte> value) == StateReadStatus.Found;
        number = isFound ? BinaryPrimitives.ReadUInt32LittleEndian(value) : 0;
        return isFound;
    }

    public uint Accounts => _writer.Now.Accounts;

    /// <summary>A transfer of token 0 with a fee.</summary>
    public static Payment Transfer(uint sender, uint recipient, UInt128 amount) => new()
    {
        IsBare = true, Sender = AccountAddress.FromNumber(sender), Recipient = AccountAddress.FromNumber(recipient), Amount = amount, Fee = 7, Payload = ReadOnlyMemory<byte>.Empty,
    };

    /// <summary>A random payment: some of them fail in each way there is.</summary>
    public Payment Draw()
    {
        uint sender = Number();
        var kind = (PaymentKind)(_random.Next(3) == 0 ? _random.Next(4) : 0);
        uint sponsor = _random.Next(4) == 0 ? Number() : sender;
        bool isTransfer = kind == PaymentKind.Transfer;
        return new Payment
        {
            Kind = kind, IsBare = true, Sender = AccountAddress.FromNumber(sender), Sponsor = sponsor == sender ? default : AccountAddress.FromNumber(sponsor),
            Token = isTransfer || kind == PaymentKind.Withdraw ? (uint)_random.Next(3) : 0, FeeToken = _random.Next(4) == 0 ? (uint)_random.Next(3) : 0,
            Amount = isTransfer || kind == PaymentKind.Withdraw ? (kind == PaymentKind.Withdraw ? 1u : 0) + _random.NextUInt64(1u << _random.Next(26)) : 0,
            Fee = (UInt128)(_random.Next(3) * 1000), KeySkip = _random.Next(40) == 0 ? 60_000u : (uint)_random.Next(3), SponsorSkip = sponsor == sender ? 0 : _random.Next(20) == 0 ? 60_000u : 1,
            Recipient = !isTransfer ? default : _random.Next(4) == 0 ? AccountAddress.FromPublicKey(_random.Next(2) == 0 ? Key() : [3, .. Bytes(_keys[_random.Next(_keys.Count)])]) : AccountAddress.FromNumber(Number()),
            L1Recipient = isTransfer || kind == PaymentKind.RotateKey ? default : new L1Address(_random.Bytes(20)),
            Payload = kind switch
            {
                PaymentKind.Message => _random.Bytes(_random.Next(60)),
                PaymentKind.RotateKey => _random.Next(3) == 0 && sender < Accounts ? (byte[])[3, .. Account(_now, sender).KeyDigest.Span] : Key(),
                _ => ReadOnlyMemory<byte>.Empty,
            },
        };
    }

    /// <summary>Applies a payment both ways.</summary>
    public PaymentResult Apply(Payment payment)
    {
        PostedPayment posted = Posted(payment);
        F transaction = F.FromUInt32(_writer.Now.Transaction);
        ulong nonce = posted.Sender < _writer.Now.Accounts ? Account(_now, posted.Sender).Nonce : 0;
        TransitionStatus status = _native.Apply(payment, true, s_context, _now, _effects).Status;
        int from = _writer.Rows;
        PaymentResult result = _writer.Apply(posted);
        Assert.Equal(status, result switch
        {
            PaymentResult.Applied => TransitionStatus.Applied,
            PaymentResult.InsufficientBalance => TransitionStatus.InsufficientBalance,
            PaymentResult.UnknownRecipient => TransitionStatus.UnknownRecipient,
            PaymentResult.CannotPayFee => TransitionStatus.CannotPayFee,
            PaymentResult.SameKey => TransitionStatus.Malformed,
            _ when status == TransitionStatus.WrongSponsor => status,
            PaymentResult.UsedKey => TransitionStatus.UsedKey,
            _ => TransitionStatus.UnknownSender,
        });
        Results[result] = Results.GetValueOrDefault(result) + 1;
        Say(RollupBuses.Payment, BusDirection.Send, posted.Message(transaction));
        for (int row = from; row < _writer.Rows; row++)
        {
            Signed(payment with { Nonce = nonce }, posted, transaction, row);
            Left(posted, transaction, row);
        }
        return result;
    }

    public SegmentTables Finish()
    {
        TouchedAccount[] accounts = _writer.Accounts();
        F[] publicValues = _writer.Finish();
        var tokens = new Token[accounts.Length];
        Trace<F> accountTrace = AccountWriter<Poseidon2Cells<KoalaBear>>.Generate(accounts, SegmentTables.Lanes, tokens, _asked);
        for (int i = 0; i < tokens.Length; i++) tokens[i] = tokens[i] with { Key = Eight.Of(F.FromUInt32(accounts[i].Cell.Name.A)) };
        LedgerCell[] hashed = [.. _writer.Book.Cells.Where(cell => cell.Name.IsHashed)];
        CellWriter<Poseidon2Cells<KoalaBear>> cells = new(1 + hashed.Length, _asks);
        List<Token> cellTokens = [cells.WriteCount(_accounts, _writer.Now.Accounts, _asked)];
        foreach (LedgerCell cell in hashed) cellTokens.Add(cells.Write(cell, _asked));
        DirectoryEntry[] entries = _writer.Entries;
        var entryTokens = new Token[entries.Length];
        Trace<F> directory = DirectoryWriter<Poseidon2Cells<KoalaBear>>.Generate(entries, entryTokens, _asks, _asked);
        for (int i = 0; i < accounts.Length; i++) AssertRecord(accounts[i], tokens[i]);
        foreach ((LedgerCell cell, Token token) in hashed.Zip(cellTokens.Skip(1))) AssertLeaf(KeyOf(cell.Name), token);
        AssertLeaf(new Digest32(Hash(0x26, [])), cellTokens[0]);
        foreach ((DirectoryEntry entry, Token token) in entries.Zip(entryTokens)) AssertLeaf(PaymentKeys.Account<Tree>(AccountAddress.FromPublicKey([3, .. Bytes(entry.Key)])), token);
        Assert.Equal(3u + (uint)_effects.Count, _writer.Now.Exits);
        return new()
        {
            Segment = 1, CountBefore = _accounts, CountAfter = _writer.Now.Accounts, Book = _writer.Book, Accounts = accountTrace, Cells = cells.Trace, Directory = directory,
            AccountTokens = tokens, CellTokens = [.. cellTokens, .. entryTokens], Outside = _outside, Public = _public, Asked = _asked, Asks = _asks,
            Used = (_writer.Book.Rows, (accounts.Length + 1) / SegmentTables.Lanes, 1 + hashed.Length, entries.Length), Transactions = (_writer.Trace, publicValues, _writer.Rows),
            Messages = (MessageAir<Poseidon2Cells<KoalaBear>>.Generate(_writer.Messages.ToArray(), _asks, 4), _writer.Messages.Count),
        };
    }

    // What signature and payload tables say of a row.
    private void Signed(Payment payment, in PostedPayment posted, F transaction, int row)
    {
        Trace<F> trace = _writer.Trace;
        bool isSponsor = trace[TransactionColumns.IsSponsorFee, row] == F.One;
        if (isSponsor || trace[TransactionColumns.IsValid, row] == F.One)
        {
            Eight key = Columns(TransactionColumns.SignerKey), head = default;
            F index = trace[TransactionColumns.Index0, row] - F.One;
            for (int i = 0; i < 4; i++) head[i] = isSponsor ? posted.Randomness.Sponsor[i] : posted.Randomness.Sender[i];
            for (int i = 0; i < 3; i++) head[4 + i] = key[5 + i];
            head[7] = index;
            uint[] words = [.. NaiveWords.Of(payment, Chain, isSponsor).Chunk(4).Select(word => BitConverter.ToUInt32(word))];
            for (int i = 0; i < words.Length; i += 8)
            {
                F[] input = [.. head.ToArray(), .. words.AsSpan(i, 8).ToArray().Select(F.FromUInt32)], output = [.. input];
                Permutation.Permute(output);
                int window = i + 8 == words.Length ? 4 : 0;
                for (int j = 0; j < 8; j++) head[j] = output[window + j] + input[window + j];
            }
            Say(RollupBuses.Signed, BusDirection.Receive, [transaction + transaction + (isSponsor ? F.One : F.Zero), .. key.ToArray(), index, .. head.ToArray()]);
            if (payment.Kind == PaymentKind.Message) Say(RollupBuses.PayloadHash, BusDirection.Receive, [transaction, .. words[24..35].Select(F.FromUInt32)]);
        }

        Eight Columns(int column) => Eight.Of([.. Enumerable.Range(column, 8).Select(i => trace[i, row])]);
    }

    // What the exits' table says of a row.
    private void Left(in PostedPayment posted, F transaction, int row)
    {
        Trace<F> trace = _writer.Trace;
        bool isWithdrawn = trace[TransactionColumns.IsValid, row] == F.One && trace[TransactionColumns.Pays, row] != trace[TransactionColumns.Credits, row];
        if (isWithdrawn || trace[TransactionColumns.Tells, row] == F.One)
            Say(RollupBuses.Exit, BusDirection.Receive, [F.FromUInt32(_writer.Now.Exits - 1), transaction, F.FromUInt32(posted.Kind), F.FromUInt32(posted.Sender), F.FromUInt32(posted.Token), .. AmountLimbs(posted.Amount), .. posted.Tail.ToArray()]);
    }

    private PostedPayment Posted(in Payment payment)
    {
        SignatureRandomness sender = default, sponsor = default;
        for (int i = 0; i < 4; i++) (sender[i], sponsor[i]) = (F.FromUInt64(_random.NextUInt64(KoalaBear.Modulus)), F.FromUInt64(_random.NextUInt64(KoalaBear.Modulus)));
        bool byKey = payment.Kind == PaymentKind.Transfer && payment.Recipient.Scheme == 3;
        uint[] words = [.. NaiveWords.Of(payment, Chain, false).Chunk(4).Select(word => BitConverter.ToUInt32(word))];
        return new()
        {
            Kind = (uint)payment.Kind, ByKey = byKey, Sender = words[2], Sponsor = words[7], To = words[6], Skip = payment.KeySkip, SponsorSkip = payment.SponsorSkip,
            Token = payment.Token, FeeToken = payment.FeeToken, Amount = payment.Amount, Fee = payment.Fee, Tail = Block(2), Payload = (Block(3), Block(4)), Randomness = (sender, sponsor),
        };

        Eight Block(int block) => words.Length > 8 * block ? Eight.Of([.. words.AsSpan(8 * block, 8).ToArray().Select(F.FromUInt32)]) : default;
    }

    private void AssertRecord(in TouchedAccount account, Token token)
    {
        Digest32 key = AccountAddress.FromNumber(account.Cell.Name.A).Digest;
        Assert.Equal(StateReadStatus.Found, _now.Read(key, out ReadOnlySpan<byte> value));
        Assert.Equal(Digest(2, value), token.After);
        bool wasThere = _start.Read(key, out value) == StateReadStatus.Found;
        Assert.Equal(wasThere ? Digest(2, value) : default, token.Before);
    }

    private void AssertLeaf(Digest32 key, Token token)
    {
        Assert.Equal(Leaf(_start), token.Before);
        Assert.Equal(Leaf(_now), token.After);

        Eight Leaf(StateStore<Tree> store) => store.Read(key, out ReadOnlySpan<byte> value) != StateReadStatus.Found ? default
            : Digest(0, [.. key.Span, .. Hash(2, value)]);
    }

    private void Deposit(AccountAddress to, uint token, UInt128 amount)
    {
        foreach (StateStore<Tree> store in new[] { _now, _start })
        {
            var ledger = new InboundMessage { Recipient = to, Token = token, Amount = amount };
            Assert.Equal(TransitionStatus.Applied, _native.ApplyInbound(ledger, s_context, store, _effects).Status);
        }
    }

    private uint Number() => (uint)(_random.Next(16) == 0 ? _random.Next(1 << 30) : _random.Next((int)_accounts));

    private byte[] Key()
    {
        Eight key = default;
        for (int i = 0; i < 8; i++) key[i] = F.FromUInt64(_random.NextUInt64(KoalaBear.Modulus));
        _keys.Add(key);
        return [3, .. Bytes(key)];
    }

    private void Say(Bus bus, BusDirection direction, F[] message) => _outside.Add(new(bus, direction, 1, message));

    private static PaymentAccount Account(StateStore<Tree> store, uint number)
    {
        Assert.Equal(StateReadStatus.Found, store.Read(AccountAddress.FromNumber(number).Digest, out ReadOnlySpan<byte> value));
        Assert.True(PaymentAccount.TryRead(value, AccountLayout.Numbered, out PaymentAccount account));
        return account;
    }

    private static Digest32 KeyOf(CellName cell) =>
        cell.IsSupply ? PaymentKeys.Supply<Tree>(cell.B) : PaymentKeys.Balance<Tree>(AccountAddress.FromNumber(cell.A), cell.B);

    private static Eight Digest(byte domain, ReadOnlySpan<byte> message)
    {
        return Eight.Of([.. Hash(domain, message).Chunk(4).Select(word => F.FromUInt32(BinaryPrimitives.ReadUInt32BigEndian(word) & 0x7FFFFFFF))]);
    }

    private static byte[] Hash(byte domain, ReadOnlySpan<byte> message)
    {
        var digest = new byte[32];
        Tree.HashMany(domain, message, message.Length, digest);
        return digest;
    }

    private static F[] AmountLimbs(UInt128 amount) => [.. Enumerable.Range(0, 8).Select(i => F.FromUInt32(Limbs.Of(amount, i)))];

    private static Eight Words(ReadOnlySpan<byte> key)
    {
        Eight words = default;
        for (int i = 0; i < 8; i++) words[i] = F.FromUInt32(BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]));
        return words;
    }

    private static byte[] Bytes(Eight key) => [.. key.ToArray().SelectMany(word => BitConverter.GetBytes(word.ToUInt32()))];
}
