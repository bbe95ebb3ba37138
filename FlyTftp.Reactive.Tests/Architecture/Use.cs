namespace FlyTftp.Reactive.Tests.Architecture;

/// <summary>One type's code naming another type, or a member of it.</summary>
/// <param name="From">The type that people wrote; what the compiler nests into it (closures, state machines) counts as it.</param>
/// <param name="To">The type named; of a nested one, the whole chain: <c>Outer+Inner</c>.</param>
/// <param name="Member">The member named, if it was one: <c>get_UtcNow</c>.</param>
/// <param name="Parameters">The types of the member's parameters.</param>
public sealed record Use(TypeName From, TypeName To, string? Member = null, string Parameters = "")
{
    public override string ToString() => Member is null ? $"{From} names {To}" : $"{From} names {To}.{Member}({Parameters})";
}

public readonly record struct TypeName(string Namespace, string Name)
{
    /// <summary>Is it there, or in a namespace below?</summary>
    public bool IsIn(string @namespace) =>
        Namespace == @namespace || Namespace.StartsWith(@namespace + ".", StringComparison.Ordinal);

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";
}
