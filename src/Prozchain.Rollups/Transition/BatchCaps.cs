namespace Prozchain.Rollups.Transition;

/// <summary>Hard caps on both meters, part of a rollup's rules.</summary>
/// <param name="Transaction">A transaction that would cross it fails, pays, and changes nothing else.</param>
/// <param name="Batch">A builder leaves out what would cross it; a posted batch that crosses it counts as empty.</param>
public readonly record struct BatchCaps(ResourceUse Transaction, ResourceUse Batch)
{
    /// <summary>No caps.</summary>
    public static BatchCaps None { get; } = new(ResourceUse.Unlimited, ResourceUse.Unlimited);
}

/// <summary>The sum of what the transactions of a batch used, against the batch's cap.</summary>
/// <param name="cap">The cap.</param>
public struct MeterBook(ResourceUse cap)
{
    /// <summary>Used so far; never more than the cap.</summary>
    public ResourceUse Used { get; private set; }

    /// <summary>Enters a transaction's use. False, without effect, if the sum would cross the cap.</summary>
    public bool TryAdd(in ResourceUse use)
    {
        ResourceUse sum = Used + use;
        if (!sum.FitsIn(cap)) return false;
        Used = sum;
        return true;
    }
}

/// <summary>What one transaction used so far, against its cap.</summary>
internal struct Meter(ResourceUse cap)
{
    public ResourceUse Used { get; private set; }

    /// <summary>Adds a use. False if that crosses the cap: then it is not added.</summary>
    public bool TryCharge(ulong gas, ulong units)
    {
        ResourceUse sum = Used + new ResourceUse(gas, units);
        if (!sum.FitsIn(cap)) return false;
        Used = sum;
        return true;
    }
}

/// <summary>What the operations that dominate cost, on both meters. Part of the rules: docs/formats/rollups-payments.md.</summary>
internal static class Costs
{
    public const ulong Transaction = 100, Signature = 5_000, Read = 200, Write = 600, Effect = 300, Byte = 2;

    /// <summary>In units of one hash of 64 bytes: a signature of a scheme that suits a circuit, and a path of a tree.</summary>
    public const ulong ProvingSignature = 500, ProvingRead = 40, ProvingWrite = 40, ProvingEffect = 4, BytesPerProvingUnit = 32;
}
