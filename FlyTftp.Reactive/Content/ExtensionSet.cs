namespace FlyTftp.Reactive.Content;

/// <summary>Which names may be asked for, by their extension.</summary>
public sealed class ExtensionSet
{
    public static ExtensionSet All { get; } = new();

    public bool Allows(string name) => this == All || name.Length > 0;
}
