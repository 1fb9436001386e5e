namespace Prozchain.Sharding.Beacon;

/// <summary>Takes in deposits and orders to leave.</summary>
internal static class RegistryStep
{
    public static BeaconVerdict Apply(BeaconStep step, IReadOnlyList<Deposit> deposits, IReadOnlyList<ExitOrder> exits)
    {
        ValidatorRegistry registry = step.State.Registry;
        for (int i = 0; i < deposits.Count; i++)
        {
            if (deposits[i].Index != registry.NextDeposit) return new BeaconVerdict(BeaconResult.BadDeposit, i, Registry: RegistryResult.WrongIndex);
            if (step.Verifier is not null && !step.Options.Deposits.Holds(deposits[i].Index, BeaconWire.Encode(deposits[i].Write)))
                return new BeaconVerdict(BeaconResult.BadDeposit, i, Registry: RegistryResult.NotVouchedFor);
            // What joins and what is paid back depends on the proofs, so these are checked always.
            registry = registry.Take(deposits[i], step.Options.ChainId, step.Options.Verifier, step.Options.Reveals?.Scheme, step.Outputs);
        }
        for (int i = 0; i < exits.Count; i++)
        {
            (RegistryResult result, ValidatorRegistry? changed) = registry.Take(exits[i], step.Options.ChainId, step.State.Epoch, step.Verifier);
            if (result != RegistryResult.Valid) return new BeaconVerdict(BeaconResult.BadExit, i, Registry: result);
            registry = changed!;
        }
        step.State = step.State with { Registry = registry };
        return BeaconVerdict.Valid;
    }
}
