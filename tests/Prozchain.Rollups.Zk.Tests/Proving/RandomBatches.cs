using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Testing;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Batches of a rollup with forced items and rows of every kind and result, by the state that each finds.</summary>
internal sealed class RandomBatches<TCells> where TCells : struct, IPermutationCells<F>
{
    private const uint Tokens = RandomRows<TCells>.Tokens;

    private readonly SignedRollup<TCells> _rollup;
    private readonly SeededRandom _random;
    private readonly RandomRows<TCells> _rows;
    private int _drawn;

    /// <summary>A rollup in which some people have some of three tokens and nearly all that there can be of a fourth.</summary>
    public RandomBatches(SignedRollup<TCells> rollup, SeededRandom random, int people = 6)
    {
        (_rollup, _random, _rows) = (rollup, random, new RandomRows<TCells>(rollup, random));
        _rollup.Begin();
        for (int i = 0; i < people; i++)
        {
            AccountAddress address = AccountAddress.FromPublicKey(_rollup.NewKey());
            for (uint token = 0; token < 3; token++) Deposit(address, token, 1_000 + random.NextUInt64(1 << 30));
        }
        Deposit(AccountAddress.FromNumber(1), 3, (UInt128.One << 119) + random.NextUInt64());
        _rollup.End();
    }

    /// <summary>Rows by what became of them.</summary>
    public Dictionary<TransitionStatus, int> Rows { get; } = [];

    /// <summary>Forced payments by what became of them.</summary>
    public Dictionary<TransitionStatus, int> Payments { get; } = [];

    /// <summary>Deposits by what became of them.</summary>
    public Dictionary<TransitionStatus, int> Deposits { get; } = [];

    /// <summary>A batch; with rows, unless something else stands in their place.</summary>
    public SignedBatch Next(int rows, int forced, Func<byte[], byte[]>? spoil = null)
    {
        _rollup.Begin();
        for (int i = 0; i < forced; i++)
        {
            bool isDeposit = _random.Next(3) == 0;
            byte[] data = isDeposit ? DrawDeposit() : DrawPayment();
            Count(isDeposit ? Deposits : Payments, _rollup.Force(isDeposit, data));
        }
        for (int i = 0; i < rows; i++) Count(Rows, _rollup.Pay(_rows.Draw()));
        return _rollup.End(spoil);
    }

    public override string ToString() => $"rows: {Text(Rows)}; forced payments: {Text(Payments)}; deposits: {Text(Deposits)}; {_rollup.Accounts} accounts";

    private static string Text(Dictionary<TransitionStatus, int> counts) => string.Join(", ", counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"));

    private static void Count(Dictionary<TransitionStatus, int> counts, TransitionStatus status) => counts[status] = counts.GetValueOrDefault(status) + 1;

    private void Deposit(AccountAddress to, uint token, UInt128 amount) =>
        Assert.Equal(TransitionStatus.Applied, _rollup.Force(true, StepItem.Of(new InboundMessage { Recipient = to, Token = token, Amount = amount, Sender = SignedRollup<TCells>.Anyone }).Data));

    private byte[] DrawDeposit()
    {
        uint token = _random.Next(12) switch { 0 => Tokens - 1, 1 => Tokens, 2 => uint.MaxValue, _ => (uint)_random.Next(5) };
        UInt128 most = RandomRows<TCells>.MostAmount, supply = _rollup.Supply(token < Tokens ? token : 0);
        UInt128 amount = _random.Next(14) switch { 0 => 0, 1 => most, 2 => most + 1, 3 => UInt128.MaxValue, 4 => most - supply, 5 => most - supply + 1, 6 => _rows.Wide() / 4, _ => (UInt128)_random.Next(1, 5_000) };
        AccountAddress recipient = _random.Next(14) switch
        {
            0 => AccountAddress.FromNumber(_rollup.Accounts),
            1 => AccountAddress.FromNumber(AccountAddress.MaxNumber - 1 - (uint)_random.Next(3)),
            2 => Address(AccountAddress.NumberScheme, _random.Bytes(32)),
            3 => Address(AccountAddress.HashScheme, [.. Enumerable.Repeat((byte)0xFF, 32)]),
            4 => AccountAddress.FromPublicKey(_rows.AnyKey()),
            5 or 6 => AccountAddress.FromPublicKey(_rows.SomeKey().PublicKey.Span),
            7 => default,
            8 => Address(AccountAddress.P256Scheme, _random.Bytes(32)),
            _ => AccountAddress.FromNumber((uint)_random.Next((int)_rollup.Accounts)),
        };
        byte[] data = StepItem.Of(new InboundMessage { Token = token, Amount = amount, Recipient = recipient, Sender = new L1Address(_random.Bytes(L1Address.Size)) }).Data.ToArray();
        return Spoil(data);

        static AccountAddress Address(byte scheme, byte[] digest) => AccountAddress.TryRead([scheme, .. digest], out AccountAddress address) ? address : default;
    }

    private byte[] DrawPayment()
    {
        Payment payment = _rows.Draw();
        uint sender = Number(payment.Sender), sponsor = Number(payment.Sponsor);
        bool isSponsored = payment.Sponsor != default;
        PaymentAccount from = sender < _rollup.Accounts ? _rollup.Read(sender) : default, of = sponsor < _rollup.Accounts ? _rollup.Read(sponsor) : default;
        payment = payment with { Nonce = from.Nonce };
        (uint senderKey, uint sponsorKey) = (Index(from.NextKey, payment.KeySkip), Index(of.NextKey, payment.SponsorSkip));
        HashKeyTree<TCells> key = _rollup.KeyOf(from) ?? _rollup.Keys[0], sponsorsKey = _rollup.KeyOf(of) ?? _rollup.Keys[0];
        // Each in turn, so that few are enough for all of them.
        switch (_drawn++ % 30)
        {
            case 0 or 16: payment = payment with { Nonce = payment.Nonce + 1 }; break;
            case 1: payment = payment with { Nonce = (1UL << 60) - (uint)_random.Next(2) }; break;
            case 2 or 3: key = _rows.SomeKey(); break;
            case 4 or 5 or 18: sponsorsKey = _rows.SomeKey(); break;
            case 6 or 7 or 17: senderKey = (uint)_random.Next((int)from.NextKey + 1); break;
            case 8 or 9: sponsorKey = (uint)_random.Next((int)of.NextKey + 1); break;
            case 10: payment = payment with { Kind = (PaymentKind)_random.Next(12) }; break;
            case 11: payment = payment with { Token = Tokens }; break;
            case 12: payment = payment with { Amount = UInt128.One << 120 }; break;
            case 13: payment = payment with { Fee = UInt128.One << 120 }; break;
            case 14: payment = payment with { Sender = AccountAddress.FromPublicKey(key.PublicKey.Span) }; break;
            case 19 or 20: payment = Plain() with { Recipient = AccountAddress.FromNumber(_rollup.Accounts) }; break;
            case 21: payment = payment with { Sender = AccountAddress.FromNumber(_rollup.Accounts + 5) }; break;
            case 22 or 23 when !isSponsored:
                payment = Plain() with { Recipient = payment.Sender, Sponsor = AccountAddress.FromNumber(_rollup.Accounts) };
                isSponsored = true;
                break;
            case 15: payment = payment with { Kind = PaymentKind.Message, Recipient = default, Token = 0, Amount = 0, Payload = _random.Bytes(PaymentRules.MaxPayload + 1) }; break;
        }
        Payment signed = payment with { Signed = SignedRollup<TCells>.Sign(payment, key, senderKey, isSponsor: false), KeySkip = 0, SponsorSkip = 0 };
        if (isSponsored) signed = signed with { Sponsored = SignedRollup<TCells>.Sign(payment, sponsorsKey, sponsorKey, isSponsor: true) };
        if (_random.Next(20) == 0) signed = signed with { Fee = signed.Fee ^ 1 };
        return Spoil(StepItem.Of(signed, isForced: true).Data.ToArray());

        Payment Plain() => new() { Sender = payment.Sender, Nonce = payment.Nonce, Sponsor = payment.Sponsor, Amount = 1 };

        // No signature is of an index that the tree of keys has not, and few keys are wasted.
        uint Index(uint next, uint skip) => Math.Min(next + (skip > 4 ? 0 : skip), (uint)HashSignature.Capacity(HashSignature.LeastHeightForWords) - 1);

        static uint Number(in AccountAddress address) => address.TryGetNumber(out uint number) ? number : uint.MaxValue;
    }

    private byte[] Spoil(byte[] data)
    {
        if (_random.Next(12) > 0) return data;
        if (_random.Next(3) == 0) return _random.Bytes(_random.Next(200));
        data[_random.Next(data.Length)] ^= (byte)(1 << _random.Next(8));
        return data;
    }
}
