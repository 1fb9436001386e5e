namespace Prozchain.Sharding.Beacon;

/// <summary>Takes in reveals, and at the end of an epoch punishes those that did not come: the chain itself is the evidence.</summary>
internal static class RevealStep
{
    public static BeaconVerdict Apply(BeaconStep step, IReadOnlyList<Reveal> reveals)
    {
        if (reveals.Count == 0) return BeaconVerdict.Valid;
        if (step.Options.Reveals is not { } rules) return new BeaconVerdict(BeaconResult.BadReveal, 0);
        for (int i = 0; i < reveals.Count; i++)
        {
            RevealRound round = step.State.Round;
            int slot = reveals[i].Slot;
            bool isOpen = slot < rules.Slots && step.Slot >= slot && step.Slot <= slot + rules.Grace && round.Outputs[slot] is null;
            if (!isOpen || !step.State.Registry.TryGet(step.State.Revealer(slot)!.PublicKey, out ValidatorRecord? record) || record.IsConvicted) return new BeaconVerdict(BeaconResult.BadReveal, i);
            Digest message = RevealRules.Message(step.Options.ChainId, step.State.Epoch, slot);
            // The output and the next key depend on the reveal's bytes, so it is opened always.
            if (!rules.Scheme.TryOpen(record.RandomnessKey, message, reveals[i].Bytes.Span, out Digest output, out ReadOnlyMemory<byte> nextKey)) return new BeaconVerdict(BeaconResult.BadReveal, i);
            step.State = step.State with
            {
                Round = round with { Outputs = round.Outputs.SetItem(slot, output) },
                Registry = step.State.Registry.With(record with { RandomnessKey = nextKey }),
            };
        }
        return BeaconVerdict.Valid;
    }

    /// <summary>After the last block of an epoch: every slot without a reveal costs its revealer.</summary>
    public static void Punish(BeaconStep step)
    {
        RevealRound round = step.State.Round;
        int withheld = round.Outputs.Count(output => output is null);
        if (withheld == 0) return;
        for (int slot = 0; slot < round.Outputs.Length; slot++)
        {
            // The convicted have lost the right to reveal already, and those without stake have none to lose.
            if (round.Outputs[slot] is not null || !step.State.Registry.TryGet(step.State.Revealer(slot)!.PublicKey, out ValidatorRecord? record) || record.IsConvicted) continue;
            ulong penalty = Math.Min(record.Stake, Slashing.Withheld(step.Options.Registry, record.Stake, withheld, round.Outputs.Length));
            step.Outputs.Add(new Conviction(record.PublicKey, Offence.WithheldReveal, step.State.Epoch, penalty));
            step.State = step.State with { Registry = Slashing.Take(step.State.Registry, record.PublicKey, penalty) };
        }
    }
}
