namespace Prozchain.Sharding.Simulation;

/// <summary>What must hold in a world after every step.</summary>
/// <remarks>
/// An implementer owes: it changes nothing in the world and depends on nothing else. It may keep what it saw before, to
/// see for example that nothing decided is ever taken back. One that is called after each step should allocate nothing
/// and look only at the node of <see cref="SimulatedWorld.LastEvent"/>.
/// </remarks>
public interface IInvariant
{
    /// <summary>Looks at the world.</summary>
    /// <param name="world">The world, between two steps.</param>
    /// <returns>Null if it holds, else what is wrong, in words.</returns>
    string? Check(SimulatedWorld world);
}

/// <summary>An invariant in a function.</summary>
internal sealed class FunctionInvariant(Func<SimulatedWorld, string?> check) : IInvariant
{
    public string? Check(SimulatedWorld world) => check(world);
}
