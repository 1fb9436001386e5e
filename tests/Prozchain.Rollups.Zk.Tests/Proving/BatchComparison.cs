using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>
/// What the circuit's results say of a batch, against what it did natively. A receipt says kind, payload's length and status; from these alone follow both meters,
/// what leaves, and, forced items aside, everything else that a batch is told to have done.
/// </summary>
internal sealed class BatchComparison(SignedBatch batch, IReadOnlyList<PaymentResult> results)
{
    private readonly EffectLog _effects = new();
    private ResourceUse _used;
    private int _next;

    public static void AssertSame<TCells>(SignedBatch batch, BatchTracer<TCells, TCells> tracer) where TCells : struct, IPermutationCells<F>
    {
        Assert.Equal((batch.Native.PostRoot, batch.Native.Verdict == BatchVerdict.Executed), (tracer.Statement.RootAfter, tracer.Statement.IsLive));
        Assert.Equal(batch.Asked, tracer.Statement.Asked());
        EffectLog effects = tracer.Statement.Effects();
        Assert.Equal(Enumerable.Range(0, batch.Native.Effects.Count).Select(i => batch.Native.Effects.Leaf(i)), Enumerable.Range(0, effects.Count).Select(i => effects.Leaf(i)));
        new BatchComparison(batch, [.. tracer.Results]).AssertResults();
    }

    private void AssertResults()
    {
        ExecutedBatch native = batch.Native;
        ResourceUse all = default;
        _effects.Begin(native.Context);
        for (int i = 0; i < native.Statuses.Length; i++)
        {
            TransitionStatus status = native.Statuses[i];
            _used = default;
            if (i >= native.ForcedCount) Row(batch.Payments[i - native.ForcedCount], status);
            else if (batch.Forced[i].Deposit is { } deposit) Credit(deposit, status);
            else Force(batch.Forced[i], status);
            Assert.Equal(batch.Uses[i], _used);
            all += _used;
        }
        Assert.Equal(results.Count, _next);
        Assert.Equal((native.Resources, native.Effects.Count, native.ExitRoot), (all, _effects.Count, _effects.ExitRoot()));
    }

    private void Row(in Payment payment, TransitionStatus status)
    {
        PaymentResult result = Next(status, isForced: false);
        _used += PaymentRules.Intrinsic;
        Do(payment, result);
    }

    private void Credit(in InboundMessage deposit, TransitionStatus status)
    {
        _used += new ResourceUse(100 + 4 * 200 + 5 * 600, 9 * 40);
        if (deposit.Amount == 0) Assert.Equal(TransitionStatus.Applied, status);
        else if (Next(status, isForced: true) == PaymentResult.SentBack) _effects.Withdraw(deposit.Token, deposit.Amount, deposit.Sender);
    }

    // What does nothing whatever the state is no transaction of the circuit.
    private void Force(in SignedBatch.Item item, TransitionStatus status)
    {
        if (item.Payment is not { } payment || !item.MayWork)
        {
            Assert.False(status.IsValid());
            return;
        }
        PaymentResult result = Next(status, isForced: true);
        if (result < PaymentResult.UnknownParty) _used += PaymentRules.Intrinsic;
        Do(payment, result);
    }

    private void Do(in Payment payment, PaymentResult result)
    {
        if (result >= PaymentResult.UnknownParty) return;
        _used += CostOf(payment);
        if (payment.Kind == PaymentKind.Message) _effects.Send(payment.Sender, payment.L1Recipient, payment.Payload.Span);
        if (payment.Kind == PaymentKind.Withdraw && result == PaymentResult.Applied) _effects.Withdraw(payment.Token, payment.Amount, payment.L1Recipient);
    }

    // docs/formats/rollups-payments.md: 200 gas a read, 600 a write, 300 an effect, 2 a byte; 40 units a read or write, 4 an effect, 1 for 32 bytes.
    private static ResourceUse CostOf(in Payment payment)
    {
        (ulong reads, ulong writes, ulong effects) = payment.Kind switch { PaymentKind.Transfer => (4UL, 5UL, 0UL), PaymentKind.Withdraw => (2UL, 2UL, 1UL), PaymentKind.Message => (0UL, 0UL, 1UL), _ => (1UL, 1UL, 0UL) };
        ulong bytes = (ulong)payment.Payload.Length;
        return new(200 * reads + 600 * writes + 300 * effects + 2 * bytes, 40 * (reads + writes) + 4 * effects + bytes / 32);
    }

    private PaymentResult Next(TransitionStatus status, bool isForced)
    {
        Assert.True(_next < results.Count, $"Expected a result for {status}, got {results.Count} results.");
        PaymentResult result = results[_next++];
        PaymentResult[] expected = status switch
        {
            TransitionStatus.Applied => [PaymentResult.Applied],
            TransitionStatus.InsufficientBalance => [PaymentResult.InsufficientBalance],
            TransitionStatus.UnknownRecipient => [PaymentResult.UnknownRecipient],
            TransitionStatus.SentBack => [PaymentResult.SentBack],
            TransitionStatus.UnknownSender => [PaymentResult.UnknownParty],
            TransitionStatus.CannotPayFee => [PaymentResult.CannotPayFee],
            // All that form leaves to the state is the key that the account has.
            TransitionStatus.Malformed => [PaymentResult.SameKey],
            TransitionStatus.WrongKey or TransitionStatus.WrongNonce when isForced => [PaymentResult.Judged],
            TransitionStatus.UsedKey => [isForced ? PaymentResult.Judged : PaymentResult.UsedKey],
            TransitionStatus.WrongSponsor => [PaymentResult.UnknownParty, isForced ? PaymentResult.Judged : PaymentResult.UsedKey],
            _ => [],
        };
        Assert.True(expected.Contains(result), $"Expected {string.Join(" or ", expected)} for {status} at {_next - 1}, got {result}.");
        return result;
    }
}
