namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Misbehaves without knowing the protocol. Each message of the honest code may be withheld, held back, damaged,
/// cut short, or joined by an old one; chances are in thousandths and drawn one by one.
/// </summary>
public sealed class MessageTamper : ByzantineBehaviour
{
    /// <summary>A node that receives and never says anything.</summary>
    public static MessageTamper Mute => new() { WithholdPermille = 1000 };

    /// <summary>To whom messages are withheld; others get theirs.</summary>
    public NodeSet WithholdFrom { get; init; }

    /// <summary>How often a message to one of those is withheld.</summary>
    public int WithholdPermille { get; init; }

    /// <summary>How often a message is sent late.</summary>
    public int DelayPermille { get; init; }

    /// <summary>The longest time by which it is late, milliseconds.</summary>
    public int DelayMs { get; init; } = 1000;

    /// <summary>How often up to eight bits of a message are flipped.</summary>
    public int FlipPermille { get; init; }

    /// <summary>How often a message is cut short.</summary>
    public int CutPermille { get; init; }

    /// <summary>How often a message is followed by one of those seen before, its own or another's.</summary>
    public int ReplayPermille { get; init; }

    /// <summary>It behaves until this time, Unix milliseconds.</summary>
    public long FromMs { get; init; }

    /// <inheritdoc/>
    public override void Sending(ByzantineContext context, NodeId to, ReadOnlySpan<byte> message)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.NowMs < FromMs)
        {
            context.Send(to, message);
            return;
        }
        SimulationRandom random = context.Random;
        if (random.Chance(ReplayPermille) && context.Seen.Count > 0) context.Send(to, context.Seen[random.Next(context.Seen.Count)]);
        if (WithholdFrom.Contains(to) && random.Chance(WithholdPermille)) return;
        byte[] bytes = message.ToArray();
        if (random.Chance(FlipPermille) && bytes.Length > 0)
        {
            for (int flips = 1 + random.Next(8); flips > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }
        if (random.Chance(CutPermille)) bytes = bytes[..random.Next(bytes.Length + 1)];
        if (random.Chance(DelayPermille)) context.SendLater(1 + random.Next(DelayMs), to, bytes);
        else context.Send(to, bytes);
    }
}
