namespace Prozchain.Rollups.Evm;

/// <summary>
/// Which endpoint is asked next. The first of the list that is well is preferred; one that failed rests for a second, twice
/// as long after each further failure, up to a minute. When all rest, the one that is due first is asked all the same:
/// there is no one else. A value that knows no clock; not thread-safe.
/// </summary>
internal sealed class EndpointHealth(int count)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1), s_longest = TimeSpan.FromMinutes(1);
    private readonly (int Failures, DateTimeOffset Until)[] _endpoints = new (int, DateTimeOffset)[count];

    /// <summary>All endpoints in the order to try them.</summary>
    public int[] Order(DateTimeOffset now) =>
        [.. Enumerable.Range(0, _endpoints.Length).OrderBy(i => _endpoints[i].Until > now ? _endpoints[i].Until : DateTimeOffset.MinValue)];

    public void Succeeded(int endpoint) => _endpoints[endpoint] = default;

    public void Failed(int endpoint, DateTimeOffset now)
    {
        int failures = Math.Min(_endpoints[endpoint].Failures + 1, 16);
        TimeSpan rest = s_first * (1 << (failures - 1));
        _endpoints[endpoint] = (failures, now + (rest < s_longest ? rest : s_longest));
    }
}
