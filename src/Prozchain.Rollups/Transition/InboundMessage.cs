namespace Prozchain.Rollups.Transition;

/// <summary>A message from the settlement layer, with the tokens that its bridge took in for it: a deposit.</summary>
public readonly record struct InboundMessage
{
    /// <summary>Number of the message in the bridge's queue, from 0.</summary>
    public ulong Index { get; init; }

    /// <summary>The token, by its number; 0 is the rollup's native token.</summary>
    public uint Token { get; init; }

    /// <summary>Units taken in; may be 0.</summary>
    public UInt128 Amount { get; init; }

    /// <summary>The account that receives.</summary>
    public AccountAddress Recipient { get; init; }

    /// <summary>Who sent it on the settlement layer; gets back what cannot be credited.</summary>
    public L1Address Sender { get; init; }

    /// <summary>Bytes for the recipient, where the transition has a use for them.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}
