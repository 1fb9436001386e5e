using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Rollups.Zk.Tests.Signatures;
using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Forced items between the statement and the tables: what is a transaction, and that what it makes leave is its own.</summary>
public sealed class ForcedMessagesTests
{
    private readonly ForcedMessages<Permutation> _forced = new(BatchCase.Rules);

    [Fact]
    public void TryTell_ItemsThatMeanNothing_AreNoTransactions()
    {
        BatchStatement statement = With(Item(default, default), Item(BatchCase.Bridge, default), Item(BatchCase.Bridge, BatchCase.Deposit(0)), Item(default, BatchCase.Deposit(5)));
        Assert.True(_forced.TryTell(statement, [], 0, out ExecutedPart part, out List<PublicMessage<F>> messages));
        Assert.Equal((0u, 0), (part.Forced, messages.Count));
        Assert.False(_forced.TryTell(statement, [default], 0, out _, out _));
    }

    [Fact]
    public void TryTell_Deposits_LeaveAsTheyWereQueuedOrNotAtAll()
    {
        BatchStatement statement = With(Item(default, default), Item(BatchCase.Bridge, BatchCase.Deposit(5)), Item(BatchCase.Bridge, BatchCase.Deposit(UInt128.MaxValue)));
        Assert.True(_forced.TryTell(statement, new ForcedClaim[2], 0, out ExecutedPart part, out List<PublicMessage<F>> messages));
        Assert.Equal(2u, part.Forced);
        Assert.Equal([RollupBuses.Payment, RollupBuses.Payment], messages.Select(static message => message.Bus));
        Assert.All(messages, static message => Assert.Equal(BusDirection.Send, message.Direction));

        BatchExit exit = new(1, EffectKind.Withdrawal, 0, 1, UInt128.MaxValue, new L1Address(Enumerable.Repeat((byte)0xD0, L1Address.Size).ToArray()));
        BatchStatement returned = statement with { Exits = [exit] };
        Assert.True(_forced.TryTell(returned, new ForcedClaim[2], 0, out _, out messages));
        Assert.Equal([RollupBuses.Payment, RollupBuses.Payment, RollupBuses.Exit], messages.Select(static message => message.Bus));
        BatchExit[][] lies =
        [
            [exit with { Amount = 1 }], [exit with { Token = 2 }], [exit with { Recipient = default }], [exit with { Account = 1 }], [exit with { Kind = EffectKind.Message }], [exit with { Transaction = 0 }], [exit, exit],
        ];
        foreach (BatchExit[] lie in lies) Assert.False(_forced.TryTell(statement with { Exits = lie }, new ForcedClaim[2], 0, out _, out _));
        Assert.False(_forced.TryTell(returned with { Payloads = [new(1, 0, default)] }, new ForcedClaim[2], 0, out _, out _));
        Assert.False(_forced.TryTell(returned, new ForcedClaim[1], 0, out _, out _));
        Assert.False(_forced.TryTell(returned, [default, new() { IsDone = true }], 0, out _, out _));
    }

    [Fact]
    public void TryTell_AMessage_LeavesWithItsPayload()
    {
        using HashKeyTree<Permutation> tree = HashKeyTree<Permutation>.Generate(new byte[32], HashSignature.LeastHeightForWords);
        Payment payment = new() { Kind = PaymentKind.Message, Sender = AccountAddress.FromNumber(6), Nonce = 4, Fee = 3, L1Recipient = new L1Address(new byte[20]), Payload = new byte[] { 1, 2, 3 } };
        payment = PaymentMessage.Sign(payment, new HashSigner<Permutation>(tree, new MemoryStore()), BatchCase.Chain);
        BatchStatement statement = With(Item(default, StepItem.Of(payment, isForced: true).Data));
        ForcedClaim done = new() { IsDone = true };
        BatchStatement said = statement with { Exits = [new(0, EffectKind.Message, 6, 0, 0, payment.L1Recipient)], Payloads = [new(0, 0, payment.Payload)] };
        Assert.True(_forced.TryTell(said, [done], 0, out ExecutedPart part, out List<PublicMessage<F>> messages));
        Assert.Equal(1u, part.Forced);
        Assert.Equal([RollupBuses.Payment, RollupBuses.Exit, RollupBuses.Signed, RollupBuses.PayloadHash], messages.Select(static message => message.Bus));
        Assert.Equal(SegmentMessages.HashOf(payment.Payload.Span), messages[3].Elements[1..].ToArray());
        Assert.True(_forced.TryTell(statement, [default], 0, out _, out _));

        Assert.False(_forced.TryTell(said with { Payloads = [] }, [done], 0, out _, out _));
        Assert.False(_forced.TryTell(said with { Payloads = [new(0, 1, payment.Payload)] }, [done], 0, out _, out _));
        Assert.False(_forced.TryTell(said with { Payloads = [new(0, 0, new byte[] { 1, 2, 4 })] }, [done], 0, out _, out _));
        Assert.False(_forced.TryTell(statement with { Payloads = said.Payloads }, [default], 0, out _, out _));
        // The same bytes with another signature are nothing.
        byte[] other = StepItem.Of(payment, isForced: true).Data.ToArray();
        other[^10] ^= 1;
        Assert.True(_forced.TryTell(With(Item(default, other)), [], 0, out part, out _));
        Assert.Equal(0u, part.Forced);
    }

    private static ForcedItem Item(L1Address sender, ReadOnlyMemory<byte> data) => new(0, sender, data, 0);

    private static BatchStatement With(params ForcedItem[] items) => BatchCase.Any(1) with { Forced = items, Exits = [], Payloads = [] };
}
