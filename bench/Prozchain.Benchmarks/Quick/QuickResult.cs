namespace Prozchain.Benchmarks.Quick;

/// <summary>A measured row, as the table and the JSON file show it.</summary>
/// <param name="Area">The package or theme.</param>
/// <param name="Name">What was measured, as the table names it.</param>
/// <param name="Value">The median, in <paramref name="Unit"/>.</param>
/// <param name="Unit">The value's unit.</param>
/// <param name="Better">Which way is better.</param>
/// <param name="Yardstick">What the ratio is to, or null.</param>
/// <param name="Ratio">Times as good as the yardstick, whichever way is better; or null.</param>
/// <param name="Peer">The peer's name, or null.</param>
/// <param name="PeerValue">The peer's value in the same unit, or null.</param>
/// <param name="PeerRatio">The peer's ratio to the same yardstick, or null.</param>
/// <param name="Floor">The least that is right, as text, or null.</param>
/// <param name="IsFloorMet">Whether the floor is met, or null.</param>
/// <param name="Aim">The aim, as text, or null.</param>
/// <param name="IsAimMet">Whether the aim is met, or null.</param>
/// <param name="AllocatedBytes">Managed bytes that one run allocates on all threads, or null for a figure.</param>
internal sealed record QuickResult(
    string Area,
    string Name,
    double Value,
    string Unit,
    Better Better,
    string? Yardstick,
    double? Ratio,
    string? Peer,
    double? PeerValue,
    double? PeerRatio,
    string? Floor,
    bool? IsFloorMet,
    string? Aim,
    bool? IsAimMet,
    long? AllocatedBytes)
{
    /// <summary>Times as good as the peer: by value when both ran here, else by the ratios to the yardstick.</summary>
    public double? TimesPeer { get; init; }
}
