namespace Prozchain.AI.Kernels;

/// <summary>What every entry checks once, so that the loops need not.</summary>
internal static class KernelChecks
{
    /// <summary>Refuses a span that is too short.</summary>
    public static void Elements(int length, long expected, string name)
    {
        if (length < expected) throw new ArgumentException($"Expected at least {expected} elements, got {length}.", name);
    }

    /// <summary>Refuses a bias or a rounding of another number of channels.</summary>
    public static void Channels<TY>(ReadOnlySpan<int> bias, in Requantisation to, int channels)
    {
        if (!bias.IsEmpty && bias.Length != channels) throw new ArgumentException($"Expected a bias for {channels} channels, got {bias.Length}.", nameof(bias));
        if (typeof(TY) == typeof(int)) return;
        if (typeof(TY) != typeof(sbyte) && typeof(TY) != typeof(short)) throw new ArgumentException($"Expected results of 8, 16 or 32 bits with a sign, got {typeof(TY)}.");
        if (to.Multipliers.Length != 1 && to.Multipliers.Length != channels) throw new ArgumentException($"Expected 1 or {channels} multipliers, got {to.Multipliers.Length}.", nameof(to));
    }

    /// <summary>Refuses units that are none.</summary>
    public static void Units(int first, int count, int all)
    {
        if (first < 0 || count < 0 || count > all - first) throw new ArgumentException($"Expected units among {all}, got {count} from {first} on.");
    }

    /// <summary>Refuses activations of a type that the weights were not packed for.</summary>
    public static void Type<TX>(DotKind kind)
    {
        if (typeof(TX) == typeof(sbyte) || (typeof(TX) == typeof(short) && DotKinds.TakesShorts(kind))) return;
        throw new ArgumentException($"Expected activations that the weights were packed for, got {typeof(TX)}.");
    }
}
