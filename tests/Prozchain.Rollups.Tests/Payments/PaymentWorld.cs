using System.Buffers.Binary;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Laws;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Payments;

/// <summary>A payments rollup on all hosts, and people on it.</summary>
internal sealed class PaymentWorld
{
    public const ulong ChainId = 9;

    public static readonly L1Address Outside = new([.. Enumerable.Range(1, 20).Select(i => (byte)i)]);

    public PaymentWorld(BatchCaps? caps = null)
    {
        Rules = new PaymentRules(ChainId, Collector.Address) { Caps = caps ?? BatchCaps.None };
        Hosts = new Hosts<Payment>(new Payments<KeccakTree>(Rules, new HashVerifier(), keyMemo: 16), new BatchContext(ChainId, 3, 1_000, 50));
        Hosts.Begin(Hosts.Context);
    }

    public HashSigner Collector { get; } = new(500);

    public PaymentRules Rules { get; }

    public Hosts<Payment> Hosts { get; }

    public static HashSigner Person(int number) => new(number);

    public void Deposit(HashSigner person, UInt128 amount, uint token = 0) =>
        Assert.Equal(TransitionStatus.Applied, Hosts.Inbound(new InboundMessage { Token = token, Amount = amount, Recipient = person.Address, Sender = Outside }).Status);

    /// <summary>Fills in sender, nonce and chain, and signs.</summary>
    public Payment Sign(HashSigner sender, Payment payment, HashSigner? sponsor = null, HashSigner? key = null)
    {
        payment = payment with { Sender = sender.Address, Nonce = payment.Nonce + Account(sender).Nonce, Sponsor = sponsor?.Address ?? default };
        payment = PaymentMessage.Sign(payment, key ?? sender, ChainId);
        return sponsor is null ? payment : PaymentMessage.Sponsor(payment, sponsor, ChainId);
    }

    public TransitionStatus Do(HashSigner sender, Payment payment, HashSigner? sponsor = null, HashSigner? key = null) =>
        Hosts.Apply(Sign(sender, payment, sponsor, key)).Status;

    public PaymentAccount Account(HashSigner person) =>
        Hosts.State.Read(PaymentKeys.Account(person.Address), out ReadOnlySpan<byte> value) == StateReadStatus.Found && PaymentAccount.TryRead(value, out PaymentAccount account) ? account : default;

    public UInt128 Balance(HashSigner person, uint token = 0) => Amount(PaymentKeys.Balance(person.Address, token));

    public UInt128 Supply(uint token)
    {
        var input = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(input, token);
        return Amount(new Digest32(TreeHash<KeccakTree>.Hash(PaymentKeys.SupplyTag, input)));
    }

    private UInt128 Amount(Digest32 key) => Hosts.State.Read(key, out ReadOnlySpan<byte> value) == StateReadStatus.Found ? BinaryPrimitives.ReadUInt128LittleEndian(value) : 0;
}
