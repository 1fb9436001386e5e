using Prozchain.Benchmarks.Yardsticks;
using Prozchain.Benchmarks.Zk;

namespace Prozchain.Benchmarks.Quick;

/// <summary>Every row, area by area; the yardsticks come first. A new area adds its list here.</summary>
internal static class QuickRows
{
    public static IReadOnlyList<QuickRow> All { get; } =
    [
        .. YardstickRows.All,
        .. FieldRows.All,
        .. TransformRows.All,
    ];
}
