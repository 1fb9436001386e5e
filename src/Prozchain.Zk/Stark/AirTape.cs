using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>The constraints and lookups of a table, compiled for a field. Immutable and thread-safe.</summary>
internal sealed class AirTape<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    public AirTape(TableLookups lookups) => Lookups = lookups;

    /// <summary>What was compiled.</summary>
    public TableLookups Lookups { get; }
}
