using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The public messages of forced items, which are the first transactions of a batch, in its first segment. Not thread-safe.</summary>
/// <typeparam name="TPermutation">The permutation of signatures and state.</typeparam>
/// <param name="rules">The rules of the rollup.</param>
internal sealed class ForcedMessages<TPermutation>(BatchRules rules) where TPermutation : struct, IPermutation<F>
{
    private readonly ForcedReader<TPermutation> _reader = new(rules.Payments);

    /// <summary>Reads the items of a statement and says what becomes of those that are proven.</summary>
    /// <param name="statement">Has the items, and what leaves.</param>
    /// <param name="claims">Untrusted: what is said to become of each item that is a transaction and is proven.</param>
    /// <param name="payments">How many own payments count.</param>
    /// <param name="executed">The transactions that are proven.</param>
    /// <param name="messages">What the first segment is handed of them, and what the verifier takes out.</param>
    /// <returns>False for claims that are not as many, or cannot be, and for exits or payloads that are not the item's.</returns>
    public bool TryTell(BatchStatement statement, IReadOnlyList<ForcedClaim> claims, int payments, out ExecutedPart executed, out List<PublicMessage<F>> messages)
    {
        messages = [];
        List<ForcedTransaction> items = Read(statement, out uint[] before);
        executed = ExecutedPart.Of(statement.Part, before, payments);
        (uint first, uint end) = executed.Of(0, executed.Forced);
        if (claims.Count != (int)(end - first)) return false;
        for (uint i = first; i < end; i++)
            if (!TryFind(statement, i, items[(int)i], out uint? exit) || !items[(int)i].TryTell(i, claims[(int)(i - first)], exit, messages)) return false;
        return true;
    }

    /// <summary>The forced items of a statement that may do something: its first transactions.</summary>
    /// <param name="statement">Has the items.</param>
    /// <param name="before">How many there are of them before each item, and behind the last.</param>
    public List<ForcedTransaction> Read(BatchStatement statement, out uint[] before)
    {
        List<ForcedTransaction> items = [];
        before = new uint[statement.Forced.Count + 1];
        for (int i = 0; i < statement.Forced.Count; i++)
        {
            ForcedItem forced = statement.Forced[i];
            if (_reader.TryRead(forced.Sender == rules.Bridge, forced.Data, out ForcedTransaction item)) items.Add(item);
            before[i + 1] = (uint)items.Count;
        }
        return items;
    }

    // Where what leaves by the item is among all effects; null if nothing does. A payload is there exactly for a message that leaves.
    private static bool TryFind(BatchStatement statement, uint transaction, in ForcedTransaction item, out uint? exit)
    {
        exit = null;
        var effect = item.Effect;
        for (int i = 0; i < statement.Exits.Count; i++)
        {
            BatchExit said = statement.Exits[i];
            if (said.Transaction != transaction) continue;
            if (exit is not null || (said.Kind, said.Account, said.Token, said.Amount, said.Recipient) != effect) return false;
            exit = (uint)i;
        }
        bool isMessage = exit is not null && effect.Kind == EffectKind.Message, isPosted = false;
        foreach (MessagePayload payload in statement.Payloads)
        {
            if (payload.Transaction != transaction) continue;
            F[] hash = [.. item.Payment.Payload.First.ToArray(), .. item.Payment.Payload.Second.ToArray()[..(SegmentMessages.HashWords - Eight.Length)]];
            if (payload.Asked != 0 || !SegmentMessages.HashOf(payload.Bytes.Span).AsSpan().SequenceEqual(hash)) return false;
            isPosted = true;
        }
        return isPosted == isMessage;
    }
}
