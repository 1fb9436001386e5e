namespace Prozchain.Zk.Air;

/// <summary>
/// Which half of an AIR is meant where some of its buses are shared: its constraints with the interactions of the proof's own buses, or the
/// interactions of the shared ones alone. The default is the whole.
/// </summary>
/// <param name="Buses">The shared buses; null for none.</param>
/// <param name="IsShared">Whether the shared interactions are meant.</param>
internal readonly record struct AirPart(SharedBuses? Buses, bool IsShared)
{
    public bool HasConstraints => !IsShared;

    public bool Has(Bus bus) => Buses is null || Buses.Has(bus) == IsShared;
}
