"""Takes a bundle into Superset, run by Superset's own Python: ``python load.py bundle.zip``.

All that was imported before is replaced (``superset import-dashboards`` would keep charts and
datasets as they were), and charts that are no longer in the bundle are removed.
"""

import sys
import zipfile

from superset.app import create_app


def load(path: str) -> None:
    """Make the roles and the one user, and import.

    Parameters
    ----------
    path : str
        The zip.
    """
    app = create_app()
    with app.app_context():
        # these need the application
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.commands.importers.v1.utils import get_contents_from_bundle
        from superset.extensions import appbuilder, db, security_manager
        from superset.models.slice import Slice
        from superset.utils.core import override_user

        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        admin = security_manager.find_user("admin") or security_manager.add_user(
            "admin",
            "Admin",
            "Admin",
            "admin@localhost",
            security_manager.find_role("Admin"),
            password=app.config["ADMIN_PASSWORD"],
        )
        with zipfile.ZipFile(path) as bundle:
            contents = get_contents_from_bundle(bundle)
        with override_user(admin):
            ImportAssetsCommand(contents).run()
            given = "".join(contents.values())
            for chart in db.session.query(Slice):
                # ids of imported charts follow from names (version 5), those of people's own do not
                is_ours = chart.uuid.version == 5 and not chart.dashboards
                if is_ours and str(chart.uuid) not in given:
                    db.session.delete(chart)
            db.session.commit()


if __name__ == "__main__":
    load(sys.argv[1])
