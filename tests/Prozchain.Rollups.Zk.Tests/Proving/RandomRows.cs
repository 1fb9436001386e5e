using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Testing;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Payments that have a row, good or bad in each way, by the state of now. Whoever would be bound by one can sign it.</summary>
internal sealed class RandomRows<TCells>(SignedRollup<TCells> rollup, SeededRandom random) where TCells : struct, IPermutationCells<F>
{
    /// <summary>Numbers of tokens, of accounts, and of one-time keys of an account are below these (docs/formats/rollups-payments.md).</summary>
    public const uint Tokens = 1 << 15, MostAccounts = (1 << 30) - 1, KeyIndices = 59_049;

    /// <summary>The largest amount.</summary>
    public static readonly UInt128 MostAmount = (UInt128.One << 120) - 1;

    private static readonly int[] s_payloads = [0, 1, 2, 3, 15, 21, 22, 23, 24, 31, 32, 33, 134, 135, 136, 137, 271, 272, 500, 1_022, 1_023, 1_024];

    private readonly uint _keys = (uint)HashSignature.Capacity(HashSignature.LeastHeightForWords);

    public Payment Draw()
    {
        uint from = Party(room: 4), sponsor = random.Next(3) == 0 ? Party(room: 16) : from;
        bool isThere = from < rollup.Accounts, isSponsored = sponsor != from;
        PaymentAccount sender = isThere ? rollup.Read(from) : default;
        uint token = Token(), feeToken = random.Next(3) == 0 ? Token() : 0, payer = isSponsored ? sponsor : from;
        var payment = new Payment
        {
            Sender = AccountAddress.FromNumber(from), Sponsor = isSponsored ? AccountAddress.FromNumber(sponsor) : default, FeeToken = feeToken,
            Fee = random.Next(5) < 2 ? 0 : random.Next(8) > 0 ? (UInt128)random.Next(1, 40) : Amount(payer, feeToken),
            KeySkip = Skip(from), SponsorSkip = isSponsored ? Skip(sponsor) : 0,
        };
        // A tree of keys that has few left is replaced before they are used up.
        int kind = isThere && sender.NextKey + 12 > _keys ? 9 : random.Next(10);
        return kind switch
        {
            < 5 => payment with { Token = token, Amount = Amount(from, token), Recipient = Recipient(sender) },
            < 7 => payment with { Kind = PaymentKind.Withdraw, Token = token, Amount = UInt128.Max(1, Amount(from, token)), L1Recipient = new L1Address(random.Bytes(L1Address.Size)) },
            < 9 => payment with { Kind = PaymentKind.Message, L1Recipient = random.Next(5) == 0 ? default : new L1Address(random.Bytes(L1Address.Size)), Payload = random.Bytes(s_payloads[random.Next(s_payloads.Length)]) },
            _ => payment with { Kind = PaymentKind.RotateKey, Payload = NextKey(sender, isThere) },
        };
    }

    /// <summary>A key that somebody has or had.</summary>
    public HashKeyTree<TCells> SomeKey() => rollup.Keys[random.Next(rollup.Keys.Count)];

    /// <summary>A key that nobody has, of elements.</summary>
    public byte[] AnyKey()
    {
        byte[] key = [HashSignature.Scheme, .. random.Bytes(32)];
        for (int i = 4; i < key.Length; i += 4) key[i] &= 0x3F;
        return key;
    }

    /// <summary>An amount of 1 to 120 bits.</summary>
    public UInt128 Wide() => (new UInt128(random.NextUInt64(), random.NextUInt64()) | UInt128.One << 127) >> random.Next(8, 128);

    private UInt128 Amount(uint payer, uint token)
    {
        UInt128 balance = payer < rollup.Accounts ? rollup.Balance(payer, token) : 1_000;
        UInt128 decimals = (UInt128)random.Next(1, 2_000);
        for (int i = random.Next(25); i > 0; i--) decimals *= 10;
        return random.Next(22) switch { 0 => 0, 1 => balance, 2 => balance + 1, 3 => balance / 2, 4 => balance / 3, 5 => Wide(), 6 => decimals, 7 => MostAmount, _ => (UInt128)random.Next(1, 90) };
    }

    private uint Token() => random.Next(24) == 0 ? Tokens - 1 - (uint)random.Next(2) : (uint)random.Next(random.Next(3) == 0 ? 4 : 2);

    // Mostly an account whose key somebody has, with one-time keys left.
    private uint Party(uint room)
    {
        if (random.Next(24) == 0) return random.Next(2) == 0 ? rollup.Accounts + (uint)random.Next(3) : AccountAddress.MaxNumber - 1 - (uint)random.Next(2);
        while (true)
        {
            uint number = (uint)random.Next((int)rollup.Accounts);
            PaymentAccount account = rollup.Read(number);
            if (account.NextKey + room < _keys && rollup.KeyOf(account) is not null) return number;
        }
    }

    private uint Skip(uint party)
    {
        uint next = party < rollup.Accounts ? rollup.Read(party).NextKey : 0;
        return random.Next(40) switch { 0 => Math.Min((1u << 16) - 1, KeyIndices - next + (uint)random.Next(3)), 1 => (1 << 16) - 1, < 8 => (uint)random.Next(4), _ => 0 };
    }

    private AccountAddress Recipient(in PaymentAccount sender) => random.Next(20) switch
    {
        0 or 10 => AccountAddress.FromNumber(rollup.Accounts + (uint)random.Next(2)),
        1 => AccountAddress.FromNumber(MostAccounts - 1),
        2 or 3 when rollup.Accounts < 40 => AccountAddress.FromPublicKey(rollup.NewKey()),
        4 when rollup.Accounts < 40 => AccountAddress.FromPublicKey(AnyKey()),
        < 9 => AccountAddress.FromPublicKey(SomeKey().PublicKey.Span),
        9 => AccountAddress.FromNumber((uint)sender.Index),
        _ => AccountAddress.FromNumber((uint)random.Next((int)rollup.Accounts)),
    };

    // One that the account had comes back now and then, and one of somebody else.
    private byte[] NextKey(in PaymentAccount sender, bool isThere) => random.Next(5) switch
    {
        0 when isThere => [HashSignature.Scheme, .. sender.KeyDigest.Span],
        1 => SomeKey().PublicKey.ToArray(),
        _ => rollup.NewKey(),
    };
}
