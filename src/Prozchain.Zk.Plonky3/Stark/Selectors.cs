namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>The vanishing polynomial of a trace's domain and the selectors of rows, at one point, in the peer's scale.</summary>
internal readonly record struct Selectors<TValue>(TValue Vanishing, TValue First, TValue Last, TValue Transition);
